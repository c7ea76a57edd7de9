// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Parses a command line by a table; see options.h. */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"
#include "options.h"
#include "tandem.h"

static void print_choices(const struct opt *o)
{
	size_t i;

	for (i = 0; o->choices[i]; i++)
		printf("%s%s", i ? "|" : "", o->choices[i]);
}

static void print_option(const struct opt *o)
{
	int width = 0;

	if (o->letter)
		width += printf("  -%c, --%s", o->letter, o->name);
	else
		width += printf("      --%s", o->name);
	if (o->metavar)
		width += printf(" %s", o->metavar);
	if (width > 27)
		width = printf("\n") - 1;
	printf("%*s %s", 27 - width, "", o->help);
	if (o->type == OPT_CHOICE) {
		printf(" (");
		print_choices(o);
		printf(")");
	} else if (o->type == OPT_UINT || o->type == OPT_SECONDS) {
		printf(" (%.15g-%.15g)", o->min, o->max);
	}
	printf("\n");
}

static void print_help(const struct opt_set *set)
{
	size_t i;

	printf("Usage: tandem %s %s%s\n\n%s\n\nOptions:\n", set->command,
	       set->synopsis, set->nopts ? " [OPTIONS]" : "", set->about);
	for (i = 0; i < set->nopts; i++)
		print_option(&set->opts[i]);
	printf("  -h, --help                this text\n");
}

static int bad(const struct opt_set *set, const struct opt *o, const char *text,
	       const char *expected)
{
	return fail(TD_USAGE, "%s: --%s: '%s' is not %s", set->command, o->name,
		    text, expected);
}

/* With the word that somebody misses who wrote 0x10 or 010. */
static int not_in_range(const struct opt_set *set, const struct opt *o,
			const char *text)
{
	bool zero = text[0] == '0' && isalnum((unsigned char)text[1]);
	char expected[120];

	snprintf(expected, sizeof(expected), "a %snumber from %.15g to %.15g%s",
		 zero ? "decimal " : "", o->min, o->max,
		 zero ? ", without a zero in front" : "");
	return bad(set, o, text, expected);
}

static int parse_uint(const struct opt_set *set, const struct opt *o,
		      const char *text, uint64_t *out)
{
	uint64_t value;

	if (!number_parse(text, &value) || (double)value < o->min ||
	    (double)value > o->max)
		return not_in_range(set, o, text);
	*out = value;
	return 0;
}

static int parse_seconds(const struct opt_set *set, const struct opt *o,
			 const char *text, double *out)
{
	double value;
	char *end;

	value = strtod(text, &end);
	/* of what it takes, neither 0x1p3 nor inf */
	if (!*text || *end || strspn(text, "+-.0123456789eE") != strlen(text) ||
	    !isfinite(value) || value < o->min || value > o->max)
		return not_in_range(set, o, text);
	*out = value;
	return 0;
}

static int parse_choice(const struct opt_set *set, const struct opt *o,
			const char *text, unsigned int *out)
{
	char expected[120] = "one of";
	unsigned int i;
	size_t len;

	for (i = 0; o->choices[i]; i++) {
		if (!strcmp(text, o->choices[i])) {
			*out = i;
			return 0;
		}
		len = strlen(expected);
		snprintf(expected + len, sizeof(expected) - len, " %s",
			 o->choices[i]);
	}
	return bad(set, o, text, expected);
}

static bool add_queue(void *data, uint64_t queue)
{
	*(uint64_t *)data |= 1ull << queue;
	return true;
}

static int parse_queues(const struct opt_set *set, const struct opt *o,
			const char *text, uint64_t *out)
{
	uint64_t mask = 0;

	if (!numbers_list(text, 63, add_queue, &mask))
		return bad(set, o, text, "a list of queues from 0 to 63, such "
			   "as 0-3 or 0,2");
	*out = mask;
	return 0;
}

static int store(const struct opt_set *set, const struct opt *o,
		 const char *text, void *values)
{
	void *field = (char *)values + o->offset;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_UINT:
		return parse_uint(set, o, text, field);
	case OPT_SECONDS:
		return parse_seconds(set, o, text, field);
	case OPT_STRING:
		if (!*text)
			return bad(set, o, text, "a name");
		*(const char **)field = text;
		return 0;
	case OPT_CHOICE:
		return parse_choice(set, o, text, field);
	case OPT_QUEUES:
		return parse_queues(set, o, text, field);
	}
	return TD_USAGE;
}

/* Finds the option of "--name", "--name=value", "-x" or "-xvalue". */
static const struct opt *find(const struct opt_set *set, const char *word,
			      const char **attached)
{
	size_t i, len;

	*attached = NULL;
	if (word[1] != '-') {
		for (i = 0; i < set->nopts; i++)
			if (set->opts[i].letter == word[1])
				break;
		if (i < set->nopts && word[2])
			*attached = word + 2;
		return i < set->nopts ? &set->opts[i] : NULL;
	}
	len = strcspn(word + 2, "=");
	for (i = 0; i < set->nopts; i++)
		if (strlen(set->opts[i].name) == len &&
		    !strncmp(set->opts[i].name, word + 2, len))
			break;
	if (i == set->nopts)
		return NULL;
	if (word[2 + len] == '=')
		*attached = word + 2 + len + 1;
	return &set->opts[i];
}

static int parse_option(const struct opt_set *set, int argc, char **argv,
			int *pos, void *values)
{
	const struct opt *o;
	const char *text;

	o = find(set, argv[*pos], &text);
	if (!o)
		return fail(TD_USAGE, "%s: no option %s; 'tandem %s --help' "
			    "lists them", set->command, argv[*pos],
			    set->command);
	if (o->type == OPT_FLAG) {
		if (text)
			return fail(TD_USAGE, "%s: --%s takes no value",
				    set->command, o->name);
	} else if (!text) {
		if (*pos + 1 >= argc)
			return fail(TD_USAGE, "%s: --%s needs a value (%s)",
				    set->command, o->name, o->metavar);
		text = argv[++*pos];
	}
	return store(set, o, text, values);
}

int opts_parse(const struct opt_set *set, int argc, char **argv, void *values,
	       struct opt_args *args)
{
	bool only_args = false;
	int i, err;

	args->n = 0;
	for (i = 1; i < argc; i++) {
		if (!only_args && !strcmp(argv[i], "--")) {
			only_args = true;
		} else if (!only_args && argv[i][0] == '-' && argv[i][1]) {
			if (!strcmp(argv[i], "-h") ||
			    !strcmp(argv[i], "--help")) {
				print_help(set);
				return OPTS_HELP;
			}
			err = parse_option(set, argc, argv, &i, values);
			if (err)
				return err;
		} else if (args->n < set->max_args) {
			args->arg[args->n++] = argv[i];
		} else {
			return fail(TD_USAGE, "%s: '%s' is one argument too "
				    "many; usage: tandem %s %s", set->command,
				    argv[i], set->command, set->synopsis);
		}
	}
	if (args->n < set->min_args)
		return fail(TD_USAGE, "%s: argument missing; usage: tandem %s "
			    "%s", set->command, set->command, set->synopsis);
	return 0;
}
