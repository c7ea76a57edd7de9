// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem unpair: takes back what pair has changed, also half of it. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "caps.h"
#include "options.h"
#include "output.h"
#include "pins.h"
#include "state.h"
#include "tandem.h"

struct unpair_config {
	bool force, json;
};

static const struct opt opts[] = {
	{ "force", 'f', OPT_FLAG, offsetof(struct unpair_config, force), 0, 0,
	  NULL, NULL, "forget what cannot be restored" },
	{ "json", 'j', OPT_FLAG, offsetof(struct unpair_config, json), 0, 0,
	  NULL, NULL, "print as JSON" },
};

static const struct opt_set set = {
	.command = "unpair",
	.synopsis = "DEV",
	.about = "Takes back what 'tandem pair DEV' has changed: program, pins, "
		 "NAPI settings and\nthe interrupts' CPUs; also when pair was "
		 "killed halfway, or the device is gone.\nSockets that "
		 "applications have open stay, but receive nothing any more.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.min_args = 1,
	.max_args = 1,
};

/* @settings: what became of what pair had changed beside the pins */
static void say(const char *dev, const char *settings, const char *text,
		bool json)
{
	if (json)
		json_print_texts("dev", dev, "settings", settings);
	else
		printf("%s: %s\n", dev, text);
}

/* The state file may have been lost; the pins can be found without it. */
static int only_pins(const char *dev, bool json)
{
	struct pins pins;
	struct port port;
	int err;

	pins_paths(&pins, dev);
	if (strlen(dev) >= IFNAMSIZ || !pins_exist(&pins)) {
		err = port_open(&port, dev);
		if (err)
			return err;
		return fail(TD_FAIL, "%s is not paired; 'tandem pair %s' would "
			    "do that", dev, dev);
	}
	if (!pins_remove(&pins))
		return TD_FAIL;
	say(dev, NULL, "pins removed; no settings were recorded", json);
	return TD_OK;
}

int cmd_unpair(int argc, char **argv)
{
	struct unpair_config config = { 0 };
	static struct state state;
	struct opt_args args;
	bool found, restored;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = caps_require(CAPS(CAP_NET_ADMIN) | CAPS(CAP_BPF) |
			   caps_of_files(), "unpairing");
	if (!err)
		err = state_lock();
	if (!err)
		err = state_read(&state, args.arg[0],
				 if_nametoindex(args.arg[0]), &found);
	if (err)
		return err;
	if (!found)
		return only_pins(args.arg[0], config.json);
	if (state.elsewhere && !config.force)
		return fail(TD_FAIL, "%s was paired in another network "
			    "namespace; unpair it there, or --force removes "
			    "the pins and forgets the settings", state.dev);
	if (!config.force && state_moved(&state))
		return fail(TD_FAIL, "%s is in another network namespace now; "
			    "unpair it when it is back, or --force removes the "
			    "pins and forgets the settings", state.dev);
	restored = state_undo(&state);
	if (!restored && !config.force)
		return fail(TD_FAIL, "not all of %s was restored; 'tandem "
			    "unpair %s --force' forgets the rest", state.dev,
			    args.arg[0]);
	state_remove(&state);
	say(state.dev, restored && !state.elsewhere ? "restored" : "forgotten",
	    "unpaired", config.json);
	return TD_OK;
}
