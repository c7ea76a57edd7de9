// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem top: rates of every vector, live or as plain frames. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"
#include "output.h"
#include "tandem.h"
#include "top.h"

/* A sleep of this long at most, so that a signal is obeyed soon. */
#define NAP_MS 100

struct top_config {
	bool batch, json, reverse;
	double interval;
	uint64_t count;
	unsigned int sort;
};

/* In the order of enum top_value, then TOP_BY_DEV. */
static const char *const sorts[] = {
	"packets", "interrupts", "wakeups", "polls", "dev", NULL,
};

static const struct opt opts[] = {
	{ "batch", 'b', OPT_FLAG, offsetof(struct top_config, batch), 0, 0,
	  NULL, NULL, "plain text frames, for scripts" },
	{ "interval", 'i', OPT_SECONDS, offsetof(struct top_config, interval),
	  0.1, 3600, NULL, "SECONDS", "time between frames, default 1" },
	{ "count", 'n', OPT_UINT, offsetof(struct top_config, count),
	  1, 1e9, NULL, "FRAMES", "end after so many (default: at q, Ctrl-C)" },
	{ "sort", 's', OPT_CHOICE, offsetof(struct top_config, sort), 0, 0,
	  sorts, "KEY", "order of the rows, default dev" },
	{ "reverse", 'r', OPT_FLAG, offsetof(struct top_config, reverse), 0, 0,
	  NULL, NULL, "the other way round" },
	{ "json", 'j', OPT_FLAG, offsetof(struct top_config, json), 0, 0,
	  NULL, NULL, "frames as JSON, one object per line" },
};

static const struct opt_set set = {
	.command = "top",
	.synopsis = "[DEV]",
	.about = "Packets, interrupts, wakeups and polls per second of every "
		 "vector.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.max_args = 1,
};

static const char *const heads[] = {
	"<DEV", "QUEUE", "ENTRY", "IRQ", "<CPU", "<MODE", "PACKETS/S",
	"INTERRUPTS/S", "WAKEUPS/S", "POLLS/S",
};

static void print_table(const struct top *top)
{
	static struct table table;
	unsigned int i, k;

	table_start(&table, heads, ARRAY_SIZE(heads));
	for (i = 0; i < top->rows; i++) {
		const struct top_row *r = &top->row[i];
		const struct vector *v = &r->vector;

		table_row(&table);
		table_cell(&table, "%s", r->dev);
		table_int(&table, v->rx_queue != UNKNOWN ? v->rx_queue :
			  v->tx_queue);
		table_int(&table, v->entry);
		table_int(&table, v->irq);
		table_text(&table, vector_cpu(v));
		table_text(&table, top_mode(r));
		for (k = 0; k < TOP_VALUES; k++) {
			if (r->known[k])
				table_cell(&table, "%.0f", r->rate[k]);
			else
				table_cell(&table, "-");
		}
	}
	table_print(&table);
}

static struct json_object *row_object(const struct top_row *r)
{
	/* as the table's, without the blanks and strokes of heads */
	static const char *const keys[TOP_VALUES] = {
		"packets_per_s", "interrupts_per_s", "wakeups_per_s",
		"polls_per_s",
	};
	struct json_object *o = json_object_new_object();
	const struct vector *v = &r->vector;
	unsigned int k;

	json_object_object_add(o, "dev", json_object_new_string(r->dev));
	json_object_object_add(o, "queue", json_known(v->rx_queue != UNKNOWN ?
						      v->rx_queue :
						      v->tx_queue));
	json_object_object_add(o, "entry", json_known(v->entry));
	json_object_object_add(o, "irq", json_known(v->irq));
	json_object_object_add(o, "cpu", json_text(vector_cpu(v)));
	json_object_object_add(o, "mode", json_text(top_mode(r)));
	for (k = 0; k < TOP_VALUES; k++)
		json_object_object_add(o, keys[k], !r->known[k] ? NULL :
				       json_object_new_double(r->rate[k]));
	return o;
}

static void print_json(const struct top *top, double seconds)
{
	struct json_object *o = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	unsigned int i;

	for (i = 0; i < top->rows; i++)
		json_object_array_add(rows, row_object(&top->row[i]));
	json_object_object_add(o, "t", json_seconds(seconds));
	json_object_object_add(o, "vectors", rows);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static bool print_frame(const struct top *top, const struct top_config *config,
			bool is_first)
{
	double seconds = (double)(top->last_ns - top->start_ns) / 1e9;

	if (config->json) {
		print_json(top, seconds);
	} else {
		printf("%stime %.1f s\n", is_first ? "" : "\n", seconds);
		print_table(top);
	}
	return !fflush(stdout);
}

/* Until it is time for the next frame. False if the user wants to leave. */
static bool wait_until(struct top *top, const struct top_config *config,
		       uint64_t when, bool on_screen)
{
	bool redraw;
	uint64_t now;
	int ms;

	if (!on_screen)
		return sleep_until(when);
	while (!stop_requested && (now = now_ns()) < when) {
		ms = (int)((when - now) / 1000000) + 1;
		ms = ms < NAP_MS ? ms : NAP_MS;
		if (!top_screen_key(top, ms, &redraw))
			return false;
		if (redraw) {
			top_sort(top);
			top_screen_draw(top, config->interval);
		}
	}
	return !stop_requested;
}

static int loop(struct top *top, const struct top_config *config,
		bool on_screen)
{
	uint64_t frames = 0, step = (uint64_t)(config->interval * 1e9);
	uint64_t next = now_ns();

	/* nothing but a first reading: there are no rates yet */
	top_sample(top);
	if (on_screen)
		top_screen_draw(top, config->interval);
	while (!config->count || frames < config->count) {
		next += step;
		if (!wait_until(top, config, next, on_screen))
			break;
		/* after a pause (Ctrl-Z), no burst of frames */
		if (now_ns() > next + step)
			next = now_ns();
		if (!top_sample(top))
			return TD_FAIL;
		top_sort(top);
		if (on_screen)
			top_screen_draw(top, config->interval);
		else if (!print_frame(top, config, !frames))
			break;
		frames++;
	}
	return TD_OK;
}

int cmd_top(int argc, char **argv)
{
	struct top_config config = { .interval = 1, .sort = TOP_BY_DEV };
	static struct top top;
	struct opt_args args;
	struct port port;
	bool on_screen;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	if (args.n) {
		top.dev = args.arg[0];
		err = port_open(&port, top.dev);
		if (err)
			return err;
	}
	top.order = config.sort;
	top.reverse = config.reverse;
	on_screen = !config.batch && !config.json;
	if (on_screen) {
		err = top_screen_open();
		if (err)
			return err;
	}
	err = loop(&top, &config, on_screen);
	top_screen_close();
	topology_say_left(top.left);
	free(top.row);
	return err ? fail(err, "%s is gone", top.dev) : TD_OK;
}
