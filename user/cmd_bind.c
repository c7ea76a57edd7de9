// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * tandem bind, unbind: takes a port from its driver and gives it back. Who had
 * it is written to /run/tandem/pci-<address>.json before it is taken.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "caps.h"
#include "options.h"
#include "output.h"
#include "pci.h"
#include "pins.h"
#include "port.h"
#include "route.h"
#include "state.h"
#include "tandem.h"

#define OURS "tandem"
/* Who drives these ports when nobody wrote down who did. */
#define THEIRS "igb"

struct bind_config {
	const char *driver;
	bool force, json;
};

#define FIELD(f) offsetof(struct bind_config, f)

static const struct opt bind_opts[] = {
	{ "driver", 'd', OPT_STRING, FIELD(driver), 0, 0, NULL, "NAME",
	  "the driver to give it to; default " OURS },
	{ "force", 'f', OPT_FLAG, FIELD(force), 0, 0, NULL, NULL,
	  "also if it has the default route, VFs or a pairing" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print as JSON" },
};

static const struct opt_set bind_set = {
	.command = "bind",
	.synopsis = "PCI-ADDRESS",
	.about = "Takes a port, such as 0000:01:00.0, from its driver and gives "
		 "it to tandem. 'tandem\nunbind' gives it back. If tandem does "
		 "not take it, the old driver gets it again.\nA port that "
		 "carries the default route, has VFs or is paired is refused.",
	.opts = bind_opts,
	.nopts = ARRAY_SIZE(bind_opts),
	.min_args = 1,
	.max_args = 1,
};

static const struct opt unbind_opts[] = {
	{ "driver", 'd', OPT_STRING, FIELD(driver), 0, 0, NULL, "NAME",
	  "who gets it, 'none' for nobody; default who had it" },
	{ "force", 'f', OPT_FLAG, FIELD(force), 0, 0, NULL, NULL,
	  "also if it has the default route, VFs or a pairing" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print as JSON" },
};

static const struct opt_set unbind_set = {
	.command = "unbind",
	.synopsis = "PCI-ADDRESS",
	.about = "Gives a port that 'tandem bind' took back to the driver that "
		 "had it. If that driver\ndoes not take it, tandem keeps it.",
	.opts = unbind_opts,
	.nopts = ARRAY_SIZE(unbind_opts),
	.min_args = 1,
	.max_args = 1,
};

/* A port and who had it before */
struct taken {
	char address[PCI_ADDRESS_LEN];
	char driver[PCI_DRIVER_LEN];	/* now */
	char override[PCI_DRIVER_LEN];
	char old_driver[PCI_DRIVER_LEN];
	char old_override[PCI_DRIVER_LEN];
	bool recorded;
};

static void record_path(char *path, size_t size, const struct taken *t)
{
	snprintf(path, size, STATE_DIR "/pci-%s.json", t->address);
}

static const char *text_of(struct json_object *o, const char *key)
{
	const char *text =
		json_object_get_string(json_object_object_get(o, key));

	return text ? text : "";
}

static void record_read(struct taken *t)
{
	struct json_object *o;
	char path[64];

	record_path(path, sizeof(path), t);
	o = json_object_from_file(path);
	if (!o)
		return;
	t->recorded = true;
	snprintf(t->old_driver, sizeof(t->old_driver), "%s",
		 text_of(o, "driver"));
	snprintf(t->old_override, sizeof(t->old_override), "%s",
		 text_of(o, "driver_override"));
	json_object_put(o);
}

static int record_write(const struct taken *t)
{
	struct json_object *o = json_object_new_object();
	char path[64];

	json_object_object_add(o, "driver",
			       json_object_new_string(t->old_driver));
	json_object_object_add(o, "driver_override",
			       json_object_new_string(t->old_override));
	record_path(path, sizeof(path), t);
	return state_record(path, o);
}

static void record_remove(const struct taken *t)
{
	char path[64];

	record_path(path, sizeof(path), t);
	state_forget(path);
}

static int not_an_address(const struct opt_set *set, const char *text)
{
	struct port port;

	if (strlen(text) < IFNAMSIZ && if_nametoindex(text) &&
	    !port_open(&port, text) && port.bus[0])
		return fail(TD_USAGE, "%s: %s is an interface; the address of "
			    "its port is %s", set->command, text, port.bus);
	return fail(TD_USAGE, "%s: '%s' is not a PCI address such as "
		    "0000:01:00.0; 'lspci -D' lists them", set->command, text);
}

static int find(struct taken *t, const struct opt_set *set, const char *text)
{
	int err;

	memset(t, 0, sizeof(*t));
	if (!pci_address(t->address, text))
		return not_an_address(set, text);
	if (!pci_exists(t->address))
		return fail(TD_FAIL, "no PCI device %s; 'lspci -D' lists them",
			    t->address);
	err = state_lock();
	if (err)
		return err;
	pci_driver(t->address, t->driver);
	pci_override(t->address, t->override);
	record_read(t);
	return 0;
}

/* What would be lost with the interfaces of a port */
static int check_use(const struct taken *t)
{
	struct pci_netdevs devs;
	struct pins pins;
	unsigned int i;

	pci_netdevs(t->address, &devs);
	for (i = 0; i < devs.n; i++) {
		int carries = route_is_default(devs.name[i]);

		if (carries < 0)
			return fail(TD_FAIL, "cannot read the routes, which "
				    "may go by %s: %s; --force takes it all "
				    "the same", devs.name[i],
				    strerror(-carries));
		if (carries)
			return fail(TD_FAIL, "the default route goes by %s, the "
				    "interface of %s; --force takes it all the "
				    "same", devs.name[i], t->address);
		pins_paths(&pins, devs.name[i]);
		if (pins_exist(&pins))
			return fail(TD_FAIL, "%s, the interface of %s, is "
				    "paired: 'tandem unpair %s' first",
				    devs.name[i], t->address, devs.name[i]);
	}
	if (devs.any && !devs.n)
		return fail(TD_FAIL, "the interface of %s is in another "
			    "network namespace, where routes may go by it; "
			    "--force takes it all the same", t->address);
	if (pci_vfs(t->address))
		return fail(TD_FAIL, "%s has %u VFs that would go with it: "
			    "'echo 0 >/sys/bus/pci/devices/%s/sriov_numvfs', "
			    "or --force", t->address, pci_vfs(t->address),
			    t->address);
	return 0;
}

/*
 * It goes back to who had it until now, which need not be who had it at first;
 * but for one that a bind which was killed has left with nobody.
 */
static int refused(const struct taken *t, const char *driver)
{
	bool is_stray = t->recorded && !t->driver[0];
	char now[PCI_DRIVER_LEN];

	pci_give(t->address, is_stray ? t->old_driver : t->driver);
	pci_set_override(t->address, is_stray ? t->old_override : t->override);
	if (is_stray)
		record_remove(t);
	pci_driver(t->address, now);
	return fail(TD_FAIL, "driver %s does not take %s ('dmesg' may say "
		    "why); %s%s", driver, t->address, now[0] ?
		    "it is back with " : "no driver has it now", now);
}

static void say(const struct taken *t, const char *driver, bool json)
{
	struct pci_netdevs devs;

	pci_netdevs(t->address, &devs);
	if (json) {
		json_print_texts("address", t->address, "driver", driver,
				 "interface", devs.n ? devs.name[0] : "");
		return;
	}
	printf("%s: %s%s%s\n", t->address, driver[0] ? driver : "no driver",
	       devs.n ? ", interface " : "", devs.n ? devs.name[0] : "");
}

static int check_driver(const struct taken *t, const char *driver)
{
	if (!strcmp(driver, OURS) && !pci_is_82576(t->address))
		return fail(TD_NOTSUP, "%s is not an Intel 82576; tandem drives "
			    "no other device", t->address);
	if (!pci_driver_loaded(driver))
		return fail(TD_FAIL, "driver %s is not loaded: modprobe %s",
			    driver, driver);
	return 0;
}

static int take(struct taken *t, const char *driver, bool json)
{
	/* An earlier bind, finished or not, knows who had it at first. */
	if (!t->recorded) {
		int err;

		memcpy(t->old_driver, t->driver, sizeof(t->driver));
		memcpy(t->old_override, t->override, sizeof(t->override));
		err = record_write(t);
		if (err)
			return err;
	}
	if (pci_give(t->address, driver)) {
		say(t, driver, json);
		return TD_OK;
	}
	if (!t->recorded)
		record_remove(t);
	return refused(t, driver);
}

static int need_root(void)
{
	return caps_require(caps_of_files(), "giving ports to drivers");
}

int cmd_bind(int argc, char **argv)
{
	struct bind_config config = { .driver = OURS };
	struct opt_args args;
	struct taken t;
	int err;

	err = opts_parse(&bind_set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = need_root();
	if (!err)
		err = find(&t, &bind_set, args.arg[0]);
	if (!err)
		err = check_driver(&t, config.driver);
	if (err)
		return err;
	if (!strcmp(t.driver, config.driver)) {
		say(&t, t.driver, config.json);
		return TD_OK;
	}
	if (!config.force)
		err = check_use(&t);
	return err ? err : take(&t, config.driver, config.json);
}

static int give_back(struct taken *t, const char *driver, bool json)
{
	if (!pci_give(t->address, driver))
		return refused(t, driver);
	pci_set_override(t->address, t->old_override);
	record_remove(t);
	say(t, driver, json);
	return TD_OK;
}

int cmd_unbind(int argc, char **argv)
{
	struct bind_config config = { 0 };
	const char *driver;
	struct opt_args args;
	struct taken t;
	int err;

	err = opts_parse(&unbind_set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = need_root();
	if (!err)
		err = find(&t, &unbind_set, args.arg[0]);
	if (err)
		return err;
	if (!t.recorded && strcmp(t.driver, OURS))
		return fail(TD_FAIL, "%s is not with tandem but with %s; there "
			    "is nothing to give back", t.address,
			    t.driver[0] ? t.driver : "no driver");
	driver = config.driver ? config.driver :
		 t.recorded ? t.old_driver : THEIRS;
	if (!strcmp(driver, "none"))
		driver = "";
	if (driver[0])
		err = check_driver(&t, driver);
	if (!err && !config.force)
		err = check_use(&t);
	return err ? err : give_back(&t, driver, config.json);
}
