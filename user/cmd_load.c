// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem load, tandem unload: XDP programs that stay attached. */
#include <bpf/libbpf.h>
#include <stdio.h>

#include "dispatcher.h"
#include "options.h"
#include "output.h"
#include "program.h"
#include "state.h"
#include "tandem.h"

struct load_config {
	const char *section;
	bool native, dispatcher, skb, json;
};

#define FIELD(f) offsetof(struct load_config, f)

static const struct opt load_opts[] = {
	{ "section", 's', OPT_STRING, FIELD(section), 0, 0, NULL, "NAME",
	  "the program's section; default: the first XDP program" },
	{ "native", 0, OPT_FLAG, FIELD(native), 0, 0, NULL, NULL,
	  "run it in the driver (the default)" },
	{ "dispatcher", 0, OPT_FLAG, FIELD(dispatcher), 0, 0, NULL, NULL,
	  "run it in the driver beside others, by libxdp" },
	{ "skb", 0, OPT_FLAG, FIELD(skb), 0, 0, NULL, NULL,
	  "run it in the network stack" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print as JSON" },
};

static const struct opt_set load_set = {
	.command = "load",
	.synopsis = "FILE DEV",
	.about = "Attaches an XDP program to a device, where it stays until "
		 "'tandem unload DEV'.\nA program that is already there is "
		 "replaced, without a gap.",
	.opts = load_opts,
	.nopts = ARRAY_SIZE(load_opts),
	.min_args = 2,
	.max_args = 2,
};

static void say(const struct port *port, const struct bpf_program *prog,
		const struct load_config *c, const char *pin)
{
	const char *name = bpf_program__name(prog);
	const char *section = bpf_program__section_name(prog);

	if (c->json)
		json_print_texts("dev", port->name, "program", name, "section",
				 section, "mode", c->dispatcher ? "dispatcher" :
				 c->skb ? "generic" : "native", "link", pin);
	else
		printf("%s runs %s (section %s) %s%s%s\n", port->name, name,
		       section, c->dispatcher ? "by libxdp's dispatcher" :
		       c->skb ? "in the network stack" : "in the driver",
		       *pin ? ", held by " : "", pin);
}

static int attach(const struct port *port, const char *file,
		  const struct load_config *c)
{
	enum attach_how how = c->skb ? ATTACH_SKB : ATTACH_NATIVE;
	struct xdp_program *multi = NULL;
	struct bpf_object *obj = NULL;
	char pin[LINKS_PATH_SIZE] = "";
	struct bpf_program *prog;
	int err;

	if (c->dispatcher) {
		err = program_open_file(&obj, &prog, file, c->section);
		if (!err)
			err = dispatcher_attach(&multi, obj, prog, port);
	} else {
		err = program_load_file(&obj, &prog, file, c->section);
		if (!err)
			err = program_attach_persistent(port, prog, how, pin);
	}
	if (!err)
		say(port, prog, c, pin);
	/* The device holds the program now. */
	if (multi)
		dispatcher_leave(multi);
	bpf_object__close(obj);
	return err;
}

int cmd_load(int argc, char **argv)
{
	struct load_config config = { 0 };
	struct opt_args args;
	struct port port;
	int err;

	err = opts_parse(&load_set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	if (config.native + config.dispatcher + config.skb > 1)
		return fail(TD_USAGE, "load: --native, --dispatcher and --skb "
			    "contradict each other");
	err = port_open(&port, args.arg[1]);
	if (err)
		return err;
	if (!config.dispatcher && state_is_paired(&port))
		return fail(TD_FAIL, "%s is paired: 'tandem unpair %s' makes "
			    "room, or --dispatcher joins a pairing that has one",
			    port.name, port.name);
	return attach(&port, args.arg[0], &config);
}

struct unload_config {
	bool json;
};

static const struct opt unload_opts[] = {
	{ "json", 'j', OPT_FLAG, offsetof(struct unload_config, json), 0, 0,
	  NULL, NULL, "print as JSON" },
};

static const struct opt_set unload_set = {
	.command = "unload",
	.synopsis = "DEV",
	.about = "Detaches the XDP program of a device, also one that libxdp "
		 "attached.",
	.opts = unload_opts,
	.nopts = ARRAY_SIZE(unload_opts),
	.min_args = 1,
	.max_args = 1,
};

int cmd_unload(int argc, char **argv)
{
	struct unload_config config = { 0 };
	struct opt_args args;
	struct port port;
	int err;

	err = opts_parse(&unload_set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = port_open(&port, args.arg[0]);
	if (err)
		return err;
	if (state_is_paired(&port))
		return fail(TD_FAIL, "%s is paired: 'tandem unpair %s' takes "
			    "its program away", port.name, port.name);
	err = program_detach_persistent(&port);
	if (!err && config.json)
		json_print_texts("dev", port.name, "program", "");
	return err;
}
