// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem doctor: why zero-copy would fail or be slow, and what helps. */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "array.h"
#include "cpus.h"
#include "doctor.h"
#include "options.h"
#include "output.h"
#include "queues.h"
#include "tandem.h"

struct doctor_config {
	uint64_t queues, chunk, cpu;
	bool trial, json;
};

#define FIELD(f) offsetof(struct doctor_config, f)

static const struct opt opts[] = {
	{ "queues", 'q', OPT_QUEUES, FIELD(queues), 0, 0, NULL, "LIST",
	  "queues, such as 0-3 or 0,2; default 0" },
	{ "chunk", 0, OPT_UINT, FIELD(chunk), 2048, 4096, NULL, "BYTES",
	  "memory per frame of the application; default 4096" },
	{ "cpu", 'c', OPT_UINT, FIELD(cpu), 0, 65535, NULL, "N",
	  "the application's CPU; default this process's, if one" },
	{ "try", 0, OPT_FLAG, FIELD(trial), 0, 0, NULL, NULL,
	  "bind a zero-copy socket to see; may restart the queue" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print as JSON" },
};

static const struct opt_set set = {
	.command = "doctor",
	.synopsis = "DEV",
	.about = "Why zero-copy would fail or be slow here: one line per check, "
		 "with the command\nthat helps. Changes nothing unless --try "
		 "is given.\n\n"
		 "Exit codes: 0 fine, 1 with warnings, 4 zero-copy would fail, "
		 "3 it would fail only\nfor missing rights.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.min_args = 1,
	.max_args = 1,
};

static const char *const severities[] = {
	[SEV_OK] = "ok", [SEV_INFO] = "info", [SEV_WARN] = "warn",
	[SEV_ERROR] = "error",
};

void found(struct doctor *d, enum severity sev, const char *check,
	   const char *fmt, ...)
{
	struct finding *f;
	va_list args;

	d->finding = array_grow(d->finding, d->n, sizeof(*f));
	f = &d->finding[d->n++];
	*f = (struct finding){ .severity = sev, .check = check };
	va_start(args, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, args);
	va_end(args);
}

void fix(struct doctor *d, const char *fmt, ...)
{
	struct finding *f = &d->finding[d->n - 1];
	va_list args;

	va_start(args, fmt);
	vsnprintf(f->fix, sizeof(f->fix), fmt, args);
	va_end(args);
}

static enum severity worst(const struct doctor *d)
{
	enum severity w = SEV_OK;
	unsigned int i;

	for (i = 0; i < d->n; i++)
		if (d->finding[i].severity > w)
			w = d->finding[i].severity;
	return w;
}

static int exit_code(const struct doctor *d)
{
	unsigned int i;

	switch (worst(d)) {
	case SEV_OK:
	case SEV_INFO:
		return TD_OK;
	case SEV_WARN:
		return TD_FAIL;
	case SEV_ERROR:
		break;
	}
	for (i = 0; i < d->n; i++)
		if (d->finding[i].severity == SEV_ERROR &&
		    !d->finding[i].permission)
			return TD_NOTSUP;
	return TD_PERM;
}

static void print(const struct doctor *d)
{
	unsigned int i;

	for (i = 0; i < d->n; i++) {
		const struct finding *f = &d->finding[i];

		printf("%s%-5s%s  %-10s  %s\n", f->severity > SEV_INFO ?
		       bold() : "", severities[f->severity], plain(), f->check,
		       f->text);
		if (f->fix[0])
			printf("                   -> %s\n", f->fix);
	}
}

static struct json_object *doctor_json(const struct doctor *d)
{
	struct json_object *o = json_object_new_object();
	struct json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 0; i < d->n; i++) {
		const struct finding *f = &d->finding[i];
		struct json_object *item = json_object_new_object();

		json_object_object_add(item, "check", json_text(f->check));
		json_object_object_add(item, "severity",
				       json_text(severities[f->severity]));
		json_object_object_add(item, "text", json_text(f->text));
		json_object_object_add(item, "fix", json_text(f->fix));
		json_object_array_add(array, item);
	}
	json_object_object_add(o, "dev", json_text(d->port.name));
	json_object_object_add(o, "severity", json_text(severities[worst(d)]));
	json_object_object_add(o, "findings", array);
	return o;
}

static int check_config(const struct doctor_config *c)
{
	if (c->chunk != 2048 && c->chunk != 4096)
		return fail(TD_USAGE, "doctor: --chunk must be 2048 or 4096");
	return c->cpu == UINT64_MAX ? 0 : cpus_check((unsigned int)c->cpu);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor_config config = { .queues = 1, .chunk = 4096,
					.cpu = UINT64_MAX };
	static struct doctor d;
	struct opt_args args;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = check_config(&config);
	if (!err)
		err = port_open(&d.port, args.arg[0]);
	if (err)
		return err;
	d.chunk = (unsigned int)config.chunk;
	d.cpu = config.cpu == UINT64_MAX ? -1 : (int)config.cpu;
	doctor_device(&d, config.queues);
	doctor_queues(&d);
	doctor_host(&d);
	if (config.trial)
		doctor_try(&d);
	if (stop_requested) {
		free(d.finding);
		return fail(TD_FAIL, "interrupted before all was looked at");
	}
	if (config.json)
		json_print(doctor_json(&d));
	else
		print(&d);
	err = exit_code(&d);
	free(d.finding);
	return err;
}
