// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Formats what the subcommands have to say. */
#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "output.h"
#include "tandem.h"

void table_start(struct table *t, const char *const *heads, unsigned int n)
{
	unsigned int i;

	t->rows = 0;
	t->columns = n < TABLE_COLUMNS ? n : TABLE_COLUMNS;
	for (i = 0; i < t->columns; i++) {
		t->left[i] = heads[i][0] == '<';
		t->head[i] = heads[i] + t->left[i];
	}
}

void table_row(struct table *t)
{
	t->text = array_grow(t->text, t->rows, sizeof(*t->text));
	memset(t->text[t->rows++], 0, sizeof(*t->text));
	t->cell = 0;
}

void table_cell(struct table *t, const char *fmt, ...)
{
	va_list args;

	if (!t->rows || t->cell >= t->columns)
		return;
	va_start(args, fmt);
	vsnprintf(t->text[t->rows - 1][t->cell++], TABLE_CELL, fmt, args);
	va_end(args);
}

void table_int(struct table *t, int64_t value)
{
	if (value < 0)
		table_cell(t, "-");
	else
		table_cell(t, "%lld", (long long)value);
}

void table_text(struct table *t, const char *text)
{
	table_cell(t, "%s", text && *text ? text : "-");
}

static void print_cell(const char *text, size_t width, bool left, bool last)
{
	if (left && last)
		printf("%s", text);
	else
		printf(left ? "%-*s" : "%*s", (int)width, text);
	printf("%s", last ? "\n" : "  ");
}

void table_print(const struct table *t)
{
	size_t width[TABLE_COLUMNS] = {}, len;
	unsigned int r, c;

	for (c = 0; c < t->columns; c++) {
		width[c] = strlen(t->head[c]);
		for (r = 0; r < t->rows; r++) {
			len = strlen(t->text[r][c]);
			if (len > width[c])
				width[c] = len;
		}
	}
	fputs(bold(), stdout);
	for (c = 0; c < t->columns; c++)
		print_cell(t->head[c], width[c], t->left[c],
			   c + 1 == t->columns);
	fputs(plain(), stdout);
	for (r = 0; r < t->rows; r++)
		for (c = 0; c < t->columns; c++)
			print_cell(t->text[r][c], width[c], t->left[c],
				   c + 1 == t->columns);
	fflush(stdout);
}

const char *grouped(double value)
{
	static char texts[4][32];
	static unsigned int turn;
	char *out = texts[turn++ % 4], digits[32];
	size_t len, i, o = 0;

	snprintf(digits, sizeof(digits), "%.0f", fabs(value));
	len = strlen(digits);
	for (i = 0; i < len && o < 30; i++) {
		if (i && (len - i) % 3 == 0)
			out[o++] = ',';
		out[o++] = digits[i];
	}
	out[o] = '\0';
	return out;
}

static bool tty(void)
{
	static int is = -1;

	if (is < 0)
		is = isatty(STDOUT_FILENO);
	return is;
}

const char *bold(void)
{
	return tty() ? "\033[1m" : "";
}

const char *dim(void)
{
	return tty() ? "\033[2m" : "";
}

const char *plain(void)
{
	return tty() ? "\033[0m" : "";
}

/* What is written to a pipe whose reader is gone is lost, but not missed. */
static bool reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int output_end(int code)
{
	bool lost = ferror(stdout);
	/* the reason is known only of what is lost now */
	int err = fflush(stdout) ? errno : 0;

	if ((!err && !lost) || code != TD_OK || err == EPIPE || reader_left())
		return code;
	return fail(TD_FAIL, "not all could be written to standard output%s%s",
		    err ? ": " : "", err ? strerror(err) : "");
}

void json_print(struct json_object *json)
{
	puts(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED));
	fflush(stdout);
	json_object_put(json);
}

void json_print_texts_to(const char *name, ...)
{
	struct json_object *o = json_object_new_object();
	const char *n;
	va_list args;

	va_start(args, name);
	for (n = name; n; n = va_arg(args, const char *))
		json_object_object_add(o, n,
				       json_text(va_arg(args, const char *)));
	va_end(args);
	json_print(o);
}

struct json_object *json_known(int64_t value)
{
	return value < 0 ? NULL : json_object_new_int64(value);
}

void json_add_number(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_uint64(value));
}

struct json_object *json_text(const char *text)
{
	return text && text[0] ? json_object_new_string(text) : NULL;
}

struct json_object *json_seconds(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.9f", value);
	return json_object_new_double_s(value, text);
}
