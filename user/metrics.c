// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Writes metric families, see metrics.h. A family is a name with a help text,
 * followed by all its samples; the rows of a family stand together in the
 * tables below, one for each source of samples.
 *
 * The two formats differ in where "_total" stands, in the unit, and in the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "counters.h"
#include "metrics.h"
#include "tandem.h"

/* Whose interrupt is named with a sample. */
enum side {
	SIDE_RX,
	SIDE_TX,
};

struct family {
	const char *name;	/* without "tandem_" and "_total" */
	const char *help;
	const char *unit;	/* which the name ends with; or NULL */
};

/* Of a queue, from the driver's own counters. */
struct queue_row {
	struct family family;	/* without help: the one of the row before */
	enum side side;
	const char *label;	/* reason="no_buffer" */
	const char *names[COUNTER_NAMES];
};

#define STACK "ring=\"stack\""
#define XDP "ring=\"xdp\""

static const struct queue_row queue_rows[] = {
	{ { "vector_spurious_interrupts",
	    "Interrupts that came while the vector was masked.", NULL },
	  SIDE_RX, "", { "vec%u_spurious" } },
	{ { "vector_polls", "Times the vector's NAPI was run.", NULL },
	  SIDE_RX, "", { "vec%u_polls" } },
	{ { "vector_rearms",
	    "Polls that ended by letting interrupts in again.", NULL },
	  SIDE_RX, "", { "vec%u_rearms" } },
	{ { "vector_wakeups", "Wakeups of AF_XDP sockets.", NULL },
	  SIDE_RX, "", { "vec%u_wakeups" } },
	{ { "vector_wakeup_ipis",
	    "Wakeups that were carried to the vector's own CPU.", NULL },
	  SIDE_RX, "", { "vec%u_wakeup_ipis" } },
	{ { "rx_packets", "Frames received on a queue.", NULL },
	  SIDE_RX, "", { "rx%u_packets", "rx_queue_%u_packets",
			 "rx-%u.packets", "rx_queue_%u_xdp_packets" } },
	{ { "rx_bytes", "Bytes received on a queue.", "bytes" },
	  SIDE_RX, "", { "rx%u_bytes", "rx_queue_%u_bytes", "rx-%u.bytes",
			 "rx_queue_%u_xdp_bytes" } },
	{ { "rx_xsk_packets",
	    "Frames received into buffers of an AF_XDP socket.", NULL },
	  SIDE_RX, "", { "rx%u_xsk_packets" } },
	{ { "rx_xdp_actions", "Verdicts of the XDP program.", NULL },
	  SIDE_RX, "action=\"pass\"", { "rx%u_xdp_pass" } },
	{ { "rx_xdp_actions", NULL, NULL }, SIDE_RX, "action=\"drop\"",
	  { "rx%u_xdp_drop" } },
	{ { "rx_xdp_actions", NULL, NULL }, SIDE_RX, "action=\"tx\"",
	  { "rx%u_xdp_tx" } },
	{ { "rx_xdp_actions", NULL, NULL }, SIDE_RX, "action=\"redirect\"",
	  { "rx%u_xdp_redirect" } },
	{ { "rx_xdp_actions", NULL, NULL }, SIDE_RX, "action=\"aborted\"",
	  { "rx%u_xdp_aborted" } },
	{ { "rx_drops", "Received frames that were dropped.", NULL },
	  SIDE_RX, "reason=\"no_buffer\"",
	  { "rx%u_drop_no_buffer", "rx_queue_%u_drops" } },
	{ { "rx_drops", NULL, NULL }, SIDE_RX, "reason=\"bad_desc\"",
	  { "rx%u_drop_bad_desc" } },
	{ { "rx_drops", NULL, NULL }, SIDE_RX, "reason=\"too_long\"",
	  { "rx%u_drop_too_long" } },
	{ { "rx_drops", NULL, NULL }, SIDE_RX, "reason=\"xsk_full\"",
	  { "rx%u_drop_xsk_full" } },
	{ { "rx_xsk_unfed",
	    "Polls that found too few buffers in an AF_XDP fill ring.", NULL },
	  SIDE_RX, "", { "rx%u_xsk_unfed" } },
	{ { "rx_checksum_errors", "Frames with a wrong checksum.", NULL },
	  SIDE_RX, "", { "rx%u_csum_error", "rx_queue_%u_csum_err" } },
	{ { "rx_alloc_failures", "Receive buffers that were not to be had.",
	    NULL },
	  SIDE_RX, "", { "rx%u_alloc_failed", "rx_queue_%u_alloc_failed" } },
	{ { "rx_refills", "Batches of buffers given to the device.", NULL },
	  SIDE_RX, "", { "rx%u_refills" } },
	{ { "rx_doorbells", "Tail writes of the receive ring.", NULL },
	  SIDE_RX, "", { "rx%u_doorbells" } },
	{ { "tx_packets", "Frames sent by a ring.", NULL },
	  SIDE_TX, STACK, { "tx%u_packets", "tx_queue_%u_packets",
			    "tx-%u.packets" } },
	{ { "tx_packets", NULL, NULL }, SIDE_TX, XDP, { "xdp%u_packets" } },
	{ { "tx_bytes", "Bytes sent by a ring.", "bytes" },
	  SIDE_TX, STACK, { "tx%u_bytes", "tx_queue_%u_bytes",
			    "tx-%u.bytes" } },
	{ { "tx_bytes", NULL, NULL }, SIDE_TX, XDP, { "xdp%u_bytes" } },
	{ { "tx_xsk_packets", "Frames sent for AF_XDP sockets.", NULL },
	  SIDE_TX, XDP, { "xdp%u_xsk_packets" } },
	{ { "tx_stops", "Times the stack's ring was full and stopped.", NULL },
	  SIDE_TX, STACK, { "tx%u_stopped" } },
	{ { "tx_restarts", "Times the stack's ring was started again.", NULL },
	  SIDE_TX, STACK, { "tx%u_woken", "tx_queue_%u_restart" } },
	{ { "tx_drops", "Frames that could not be sent.", NULL },
	  SIDE_TX, STACK, { "tx%u_dropped" } },
	{ { "tx_drops", NULL, NULL }, SIDE_TX, XDP, { "xdp%u_dropped" } },
	{ { "tx_xsk_invalid",
	    "Descriptors of AF_XDP sockets that the device cannot send.",
	    NULL }, SIDE_TX, XDP, { "xdp%u_xsk_invalid" } },
	{ { "tx_xdp_full", "Redirected frames that found no room.", NULL },
	  SIDE_TX, XDP, { "xdp%u_xdp_full" } },
	{ { "tx_checksum_offloads", "Checksums left to the device.", NULL },
	  SIDE_TX, STACK, { "tx%u_csum_offloads" } },
	{ { "tx_checksum_offloads", NULL, NULL }, SIDE_TX, XDP,
	  { "xdp%u_csum_offloads" } },
	{ { "tx_doorbells", "Tail writes of a transmit ring.", NULL },
	  SIDE_TX, STACK, { "tx%u_doorbells" } },
	{ { "tx_doorbells", NULL, NULL }, SIDE_TX, XDP,
	  { "xdp%u_doorbells" } },
};

/* Of a device: every driver's, in sysfs, and what only ours counts. */
struct device_row {
	struct family family;
	const char *sysfs;
	const char *ethtool;
};

static const struct device_row device_rows[] = {
	{ { "device_rx_packets", "Frames received by a device.", NULL },
	  "rx_packets", NULL },
	{ { "device_rx_bytes", "Bytes received by a device.", "bytes" },
	  "rx_bytes", NULL },
	{ { "device_rx_errors", "Frames received with an error.", NULL },
	  "rx_errors", NULL },
	{ { "device_rx_dropped", "Frames that were received and dropped.",
	    NULL }, "rx_dropped", NULL },
	{ { "device_tx_packets", "Frames sent by a device.", NULL },
	  "tx_packets", NULL },
	{ { "device_tx_bytes", "Bytes sent by a device.", "bytes" },
	  "tx_bytes", NULL },
	{ { "device_tx_errors", "Frames that met an error when sent.", NULL },
	  "tx_errors", NULL },
	{ { "device_tx_dropped", "Frames dropped instead of sent.", NULL },
	  "tx_dropped", NULL },
	{ { "device_resets", "Resets of a device.", NULL }, NULL, "resets" },
	{ { "device_tx_timeouts", "Transmit queues that hung.", NULL },
	  NULL, "tx_timeouts" },
	{ { "device_rx_overruns", "Events of no room for a frame.", NULL },
	  NULL, "rx_overrun_events" },
	{ { "device_vf_bad_messages", "Messages of VFs that made no sense.",
	    NULL }, NULL, "vf_bad_messages" },
	{ { "device_vf_spoof_events", "Frames of VFs under a false address.",
	    NULL }, NULL, "vf_spoof_events" },
};

struct writer {
	FILE *out;
	enum metrics_format format;
	struct counters *dev;
	unsigned int devs;
	const struct family *family;	/* of the samples being written */
	bool is_gauge;
	bool headed;
};

static void family(struct writer *w, const struct family *f, bool is_gauge)
{
	w->family = f;
	w->is_gauge = is_gauge;
	w->headed = false;
}

/* Not before the first sample: a family without samples is left out. */
static void head(struct writer *w)
{
	const struct family *f = w->family;
	const char *total = "";

	if (w->headed)
		return;
	w->headed = true;
	if (!w->is_gauge && w->format == METRICS_PROMETHEUS)
		total = "_total";
	fprintf(w->out, "# HELP tandem_%s%s %s\n", f->name, total, f->help);
	fprintf(w->out, "# TYPE tandem_%s%s %s\n", f->name, total,
		w->is_gauge ? "gauge" : "counter");
	if (f->unit && w->format == METRICS_OPENMETRICS)
		fprintf(w->out, "# UNIT tandem_%s %s\n", f->name, f->unit);
}

/* A name may hold anything but a slash and blanks. */
static void text_label(struct writer *w, const char *name, const char *value)
{
	fprintf(w->out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', w->out);
		fputc(*value, w->out);
	}
	fputc('"', w->out);
}

static void number_label(struct writer *w, const char *name, int value)
{
	if (value != UNKNOWN)
		fprintf(w->out, ",%s=\"%d\"", name, value);
}

static void begin(struct writer *w, const struct counters *c)
{
	head(w);
	fprintf(w->out, "tandem_%s%s{", w->family->name,
		w->is_gauge ? "" : "_total");
	text_label(w, "dev", c->port.name);
}

static void end(struct writer *w, uint64_t value)
{
	fprintf(w->out, "} %llu\n", (unsigned long long)value);
}

static void queue_sample(struct writer *w, const struct counters *c,
			 const struct queue_row *row, unsigned int queue)
{
	const struct vector *v;
	uint64_t value;

	if (!counters_get(c, row->names, queue, &value))
		return;
	v = topology_queue(&c->topology, queue, row->side == SIDE_TX);
	begin(w, c);
	number_label(w, "queue", (int)queue);
	number_label(w, "vector", v ? v->entry : UNKNOWN);
	number_label(w, "irq", v ? v->irq : UNKNOWN);
	if (row->label[0])
		fprintf(w->out, ",%s", row->label);
	end(w, value);
}

static void queue_families(struct writer *w)
{
	const struct queue_row *row;
	unsigned int d, q;

	for (row = queue_rows; row < queue_rows + ARRAY_SIZE(queue_rows);
	     row++) {
		if (row->family.help)
			family(w, &row->family, false);
		for (d = 0; d < w->devs; d++)
			for (q = 0; q < w->dev[d].queues; q++)
				queue_sample(w, &w->dev[d], row, q);
	}
}

static void device_families(struct writer *w)
{
	const struct device_row *row;
	unsigned int d;

	for (row = device_rows; row < device_rows + ARRAY_SIZE(device_rows);
	     row++) {
		const char *const names[COUNTER_NAMES] = { row->ethtool };

		family(w, &row->family, false);
		for (d = 0; d < w->devs; d++) {
			const struct counters *c = &w->dev[d];
			uint64_t value;

			if (row->sysfs ? !counters_device(c, row->sysfs,
							  &value) :
			    !counters_get(c, names, 0, &value))
				continue;
			begin(w, c);
			end(w, value);
		}
	}
}

static void vector_labels(struct writer *w, const struct vector *v)
{
	number_label(w, "queue", v->rx_queue != UNKNOWN ? v->rx_queue :
		     v->tx_queue);
	number_label(w, "vector", v->entry);
	number_label(w, "irq", v->irq);
}

enum vector_family {
	VECTOR_INTERRUPTS,
	VECTOR_INFO,
	VECTOR_ZEROCOPY,
	VECTOR_FAMILIES,
};

static void vector_sample(struct writer *w, const struct counters *c,
			  const struct vector *v, enum vector_family what)
{
	uint64_t value = 1;

	if (what == VECTOR_INTERRUPTS ? v->irq <= 0 :
	    what == VECTOR_ZEROCOPY && v->rx_queue < 0)
		return;
	begin(w, c);
	vector_labels(w, v);
	if (what == VECTOR_INFO) {
		number_label(w, "napi", v->napi_id);
		fputc(',', w->out);
		text_label(w, "name", v->name);
		fputc(',', w->out);
		text_label(w, "cpu", v->effective);
	} else {
		value = what == VECTOR_ZEROCOPY ? v->xsk == XSK_IS_ZEROCOPY :
			irq_count(v->irq);
	}
	end(w, value);
}

static void vector_families(struct writer *w)
{
	static const struct family families[] = {
		{ "vector_interrupts", "Interrupts of a vector.", NULL },
		{ "vector_info", "What a vector is called and serves.", NULL },
		{ "vector_zerocopy", "1 if a zero-copy AF_XDP socket is on "
		  "the vector's queue.", NULL },
	};
	enum vector_family what;
	unsigned int d, i;

	for (what = 0; what < VECTOR_FAMILIES; what++) {
		family(w, &families[what], what != VECTOR_INTERRUPTS);
		for (d = 0; d < w->devs; d++)
			for (i = 0; i < w->dev[d].topology.n; i++)
				vector_sample(w, &w->dev[d],
					      &w->dev[d].topology.vector[i],
					      what);
	}
}

static void info_families(struct writer *w)
{
	static const struct family build = {
		"build_info", "Version of the exporter.", NULL };
	static const struct family info = {
		"device_info", "Driver and address of a device.", NULL };
	static const struct family carrier = {
		"device_carrier", "1 if the device has a link.", NULL };
	unsigned int d;
	char text[16];

	family(w, &build, true);
	head(w);
	fputs("tandem_build_info{", w->out);
	text_label(w, "version", TANDEM_VERSION);
	end(w, 1);
	family(w, &info, true);
	for (d = 0; d < w->devs; d++) {
		begin(w, &w->dev[d]);
		fputc(',', w->out);
		text_label(w, "driver", w->dev[d].port.driver);
		fputc(',', w->out);
		text_label(w, "bus", w->dev[d].port.bus);
		end(w, 1);
	}
	family(w, &carrier, true);
	for (d = 0; d < w->devs; d++) {
		begin(w, &w->dev[d]);
		end(w, port_sysfs_read(&w->dev[d].port, "carrier", text,
				       sizeof(text)) && text[0] == '1');
	}
}

static void add_device(const char *dev, void *data)
{
	struct writer *w = data;

	w->dev = array_grow(w->dev, w->devs, sizeof(*w->dev));
	if (!counters_open(&w->dev[w->devs], dev))
		return;
	topology_say_left(w->dev[w->devs++].topology.left);
}

char *metrics_text(enum metrics_format format, const char *dev, size_t *len)
{
	struct writer w = { .format = format };
	char *text = NULL;

	w.out = open_memstream(&text, len);
	if (w.out) {
		if (dev)
			add_device(dev, &w);
		else
			every_device(add_device, &w);
		info_families(&w);
		vector_families(&w);
		queue_families(&w);
		device_families(&w);
		if (format == METRICS_OPENMETRICS)
			fputs("# EOF\n", w.out);
	}
	while (w.devs)
		counters_close(&w.dev[--w.devs]);
	free(w.dev);
	if (w.out && !fclose(w.out) && text && *len)
		return text;
	free(text);
	return NULL;
}
