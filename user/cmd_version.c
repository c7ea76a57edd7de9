// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * tandem version: of everything that has a say in what happens. libxdp and libmnl
 * do not tell theirs; it is the one that the tool was built with.
 */
#include <bpf/libbpf.h>
#include <json-c/json.h>
#include <ncurses.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "module.h"
#include "options.h"
#include "output.h"
#include "tandem.h"

struct version_config {
	bool json;
};

static const struct opt opts[] = {
	{ "json", 'j', OPT_FLAG, offsetof(struct version_config, json), 0, 0,
	  NULL, NULL, "print as JSON" },
};

static const struct opt_set set = {
	.command = "version",
	.synopsis = "",
	.about = "Versions of the tool, its libraries, the kernel and the "
		 "driver if it is loaded.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
};

/* The driver that runs, and whether it is the one that was installed. */
struct driver {
	bool loaded, installed;
	char id[MODULE_ID_LEN], installed_id[MODULE_ID_LEN];
};

static void read_driver(struct driver *d)
{
	d->loaded = module_loaded(d->id);
	d->installed = module_installed(d->installed_id);
}

static const char *module_text(const struct driver *d)
{
	return !d->loaded ? "not loaded" : d->id[0] ? d->id : "loaded";
}

static void print_module(const struct driver *d)
{
	const char *what = "not the installed one, ", *id = d->installed_id;

	if (!d->installed) {
		what = "none is installed for this kernel";
	} else if (!d->loaded) {
		what = "installed: ";
	} else if (!strcmp(d->id, d->installed_id)) {
		what = "the installed one";
		id = "";
	}
	printf("module %s (%s%s)\n", module_text(d), what, id);
}

/* It tells "ncurses 6.5.20250216". */
static const char *ncurses_number(void)
{
	const char *text = curses_version(), *blank = strchr(text, ' ');

	return blank ? blank + 1 : text;
}

int cmd_version(int argc, char **argv)
{
	struct version_config config = { 0 };
	struct opt_args args;
	struct utsname uts;
	struct driver driver;
	char libbpf[32];
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	uname(&uts);
	read_driver(&driver);
	snprintf(libbpf, sizeof(libbpf), "%u.%u", libbpf_major_version(),
		 libbpf_minor_version());
	if (config.json) {
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "tandem",
				       json_object_new_string(TANDEM_VERSION));
		json_object_object_add(o, "module",
				       json_text(module_text(&driver)));
		json_object_object_add(o, "module_installed",
				       json_text(driver.installed_id));
		json_object_object_add(o, "kernel",
				       json_object_new_string(uts.release));
		json_object_object_add(o, "libbpf",
				       json_object_new_string(libbpf));
		json_object_object_add(o, "json_c",
				       json_object_new_string(json_c_version()));
		json_object_object_add(o, "libxdp",
				       json_object_new_string(LIBXDP_VERSION));
		json_object_object_add(o, "libmnl",
				       json_object_new_string(LIBMNL_VERSION));
		json_object_object_add(o, "ncurses",
				       json_object_new_string(ncurses_number()));
		json_print(o);
		return TD_OK;
	}
	printf("tandem %s\n", TANDEM_VERSION);
	print_module(&driver);
	printf("kernel %s\nlibbpf %s\njson-c %s\nlibxdp %s\nlibmnl %s\n"
	       "ncurses %s\n", uts.release, libbpf, json_c_version(),
	       LIBXDP_VERSION,
	       LIBMNL_VERSION, ncurses_number());
	return TD_OK;
}
