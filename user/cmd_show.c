// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem show: the program of a device, its pins, and who has its sockets. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "diag.h"
#include "links.h"
#include "options.h"
#include "output.h"
#include "pins.h"
#include "queues.h"
#include "state.h"
#include "tandem.h"

#define HIDDEN "root can see it"

struct show_config {
	bool json;
};

static const struct opt opts[] = {
	{ "json", 'j', OPT_FLAG, offsetof(struct show_config, json), 0, 0,
	  NULL, NULL, "print as JSON" },
};

static const struct opt_set set = {
	.command = "show",
	.synopsis = "DEV",
	.about = "The XDP program of a device, what 'tandem pair' has pinned "
		 "for it, and its AF_XDP\nsockets with the processes that hold "
		 "them. Root sees the processes of all users.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.min_args = 1,
	.max_args = 1,
};

struct shown {
	struct port port;
	struct attached prog;
	struct pins pins;
	bool map, paired;
	bool map_hidden;	/* we may not see whether there is one */
	int unpaired_fd;	/* counts of frames without a socket, or -1 */
	char link[80];		/* what holds the program, or "" */
	struct state state;
	int nsockets;		/* or -errno */
	struct xsk_info *socket;
};

/* of a pairing, or of 'tandem load' */
static void find_link(struct shown *s)
{
	int fd;

	if (*s->pins.link && !access(s->pins.link, F_OK)) {
		snprintf(s->link, sizeof(s->link), "%s", s->pins.link);
		return;
	}
	fd = links_find(&s->port, s->link);
	if (fd >= 0)
		close(fd);
}

static int gather(struct shown *s, const char *dev)
{
	int err = port_open(&s->port, dev);

	if (!err)
		err = state_read(&s->state, dev, s->port.ifindex, &s->paired);
	if (err)
		return err;
	if (s->state.elsewhere) {
		/* all that is a namesake's */
		memset(&s->state, 0, sizeof(s->state));
		s->paired = false;
	} else {
		pins_paths(&s->pins, s->paired ? s->state.dev : dev);
		s->map = !access(s->pins.map, F_OK);
		s->map_hidden = !s->map && errno == EACCES;
	}
	s->unpaired_fd = *s->pins.unpaired ? bpf_obj_get(s->pins.unpaired) : -1;
	find_link(s);
	attached_read(&s->prog, &s->port);
	s->nsockets = xsk_diag(&s->port, &s->socket);
	return 0;
}

static const struct shown *asked;

static const char *mode_of(unsigned int queue)
{
	int i;

	for (i = 0; i < asked->nsockets; i++)
		if (asked->socket[i].queue == queue)
			return asked->socket[i].zerocopy ? "zero-copy" : "copy";
	return NULL;
}

/* Frames that found no socket on @queue, of all CPUs. */
static uint64_t unpaired(const struct shown *s, uint32_t queue)
{
	int cpus = libbpf_num_possible_cpus(), i;
	uint64_t sum = 0, *of_cpu;

	of_cpu = calloc(cpus > 0 ? (size_t)cpus : 1, sizeof(*of_cpu));
	if (of_cpu && cpus > 0 &&
	    !bpf_map_lookup_elem(s->unpaired_fd, &queue, of_cpu))
		for (i = 0; i < cpus; i++)
			sum += of_cpu[i];
	free(of_cpu);
	return sum;
}

static void print_unpaired(const struct shown *s)
{
	uint64_t all = port_all_queues(&s->port), n;
	bool any = false;
	unsigned int q;

	printf("unpaired");
	for (q = 0; q < PORT_MAX_QUEUES && all >> q; q++) {
		n = unpaired(s, q);
		any |= n;
		if (n)
			printf("  queue %u: %s", q, grouped((double)n));
	}
	printf("  %sframes without a socket\n", any ? "" : "no ");
}

static struct json_object *unpaired_json(const struct shown *s)
{
	struct json_object *array = json_object_new_array();
	uint64_t all = port_all_queues(&s->port);
	unsigned int q;

	for (q = 0; q < PORT_MAX_QUEUES && all >> q; q++)
		json_object_array_add(array,
				      json_object_new_uint64(unpaired(s, q)));
	return array;
}

static void print_sockets(const struct shown *s)
{
	static const char *const heads[] = {
		"QUEUE", "<MODE", "CHUNK", "PID", "<COMMAND",
	};
	static struct table table;
	int i;

	if (s->nsockets <= 0) {
		printf("sockets  %s\n", s->nsockets ? strerror(-s->nsockets) :
		       "none");
		return;
	}
	printf("sockets  %d\n", s->nsockets);
	table_start(&table, heads, ARRAY_SIZE(heads));
	for (i = 0; i < s->nsockets; i++) {
		const struct xsk_info *x = &s->socket[i];

		table_row(&table);
		table_int(&table, (int)x->queue);
		table_cell(&table, "%s", x->zerocopy ? "zero-copy" : "copy");
		table_int(&table, (int)x->chunk);
		table_int(&table, x->pid ? x->pid : UNKNOWN);
		table_text(&table, x->comm);
	}
	table_print(&table);
}

static void print(const struct shown *s)
{
	const char *nothing = s->map_hidden ? HIDDEN : "none pinned";

	printf("device   %s (driver %s)\n", s->port.name,
	       port_driver(&s->port));
	if (s->prog.id)
		printf("program  %u %s, %s\n", s->prog.id, s->prog.name,
		       s->prog.mode);
	else
		printf("program  none\n");
	printf("map      %s\n", s->map ? s->pins.map : nothing);
	printf("link     %s\n", *s->link ? s->link : nothing);
	if (!s->paired)
		printf("pairing  %s\n", s->state.hidden ? HIDDEN : "none");
	else if (!s->state.wakeup[0])
		printf("pairing  none, but a run left NAPI settings; 'tandem "
		       "unpair' takes them back\n");
	else
		printf("pairing  wakeup %s%s\n", s->state.wakeup,
		       s->state.complete ? "" : ", interrupted; 'tandem "
		       "unpair' takes it back");
	if (s->unpaired_fd >= 0)
		print_unpaired(s);
	print_sockets(s);
	if (s->paired) {
		asked = s;
		printf("\n");
		queues_print(&s->port, s->state.queues, mode_of);
	}
}

static struct json_object *sockets_json(const struct shown *s)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < s->nsockets; i++) {
		const struct xsk_info *x = &s->socket[i];
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "queue",
				       json_object_new_int((int)x->queue));
		json_object_object_add(o, "mode", json_text(x->zerocopy ?
							    "zero-copy" :
							    "copy"));
		json_object_object_add(o, "chunk",
				       json_object_new_int((int)x->chunk));
		json_object_object_add(o, "pid", json_known(x->pid ? x->pid :
							    UNKNOWN));
		json_object_object_add(o, "command", json_text(x->comm));
		json_object_array_add(array, o);
	}
	return array;
}

static struct json_object *show_json(const struct shown *s)
{
	struct json_object *o = json_object_new_object(), *prog = NULL;

	if (s->prog.id) {
		prog = json_object_new_object();
		json_object_object_add(prog, "id",
				       json_object_new_int64(s->prog.id));
		json_object_object_add(prog, "name", json_text(s->prog.name));
		json_object_object_add(prog, "mode", json_text(s->prog.mode));
	}
	asked = s;
	json_object_object_add(o, "dev", json_text(s->port.name));
	json_object_object_add(o, "driver", json_text(s->port.driver));
	json_object_object_add(o, "program", prog);
	json_object_object_add(o, "map", json_text(s->map ? s->pins.map : ""));
	json_object_object_add(o, "link", json_text(s->link));
	json_object_object_add(o, "paired", s->state.hidden ? NULL :
			       json_object_new_boolean(s->paired));
	json_object_object_add(o, "complete", s->state.hidden ? NULL :
			       json_object_new_boolean(s->state.complete));
	json_object_object_add(o, "wakeup", json_text(s->state.wakeup));
	json_object_object_add(o, "queues", queues_json(&s->port,
							s->state.queues,
							mode_of));
	json_object_object_add(o, "unpaired", s->unpaired_fd >= 0 ?
			       unpaired_json(s) : NULL);
	json_object_object_add(o, "sockets", sockets_json(s));
	return o;
}

int cmd_show(int argc, char **argv)
{
	struct show_config config = { 0 };
	static struct shown shown;
	struct opt_args args;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = gather(&shown, args.arg[0]);
	if (err)
		return err;
	if (config.json)
		json_print(show_json(&shown));
	else
		print(&shown);
	free(shown.socket);
	if (shown.unpaired_fd >= 0)
		close(shown.unpaired_fd);
	return TD_OK;
}
