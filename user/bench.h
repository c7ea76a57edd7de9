/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A benchmark: ports, sockets, and lanes that move frames between them.
 *
 * bench_setup.c makes it and takes it apart, bench_frames.c makes the frames,
 * bench_loop.c moves them, bench_count.c takes samples, bench_report.c prints.
 */
#ifndef TANDEM_BENCH_H
#define TANDEM_BENCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "ethtool.h"
#include "guard.h"
#include "latency.h"
#include "napi.h"
#include "program.h"
#include "socket.h"
#include "steer.h"
#include "topology.h"
#include "wakeup.h"

enum bench_mode {
	BENCH_RXDROP,	/* receive on each DEV and drop */
	BENCH_TXONLY,	/* send on each DEV */
	BENCH_L2FWD,	/* DEV to itself, or by twos to each other */
	BENCH_PAIR,	/* by twos: send on the second, receive on the first */
};

#define BENCH_MAX_INTERVALS 1024
#define BENCH_MAX_SOCKETS WAKEUP_MAX

struct bench_config {
	unsigned int mode;
	const char *dev[PORT_MAX_DEVICES];
	unsigned int ndevs;
	uint64_t queues;
	unsigned int wakeup;
	uint64_t batch, size, ring, fill, chunk, headroom, inflight;
	double duration, interval, warmup;
	uint64_t packets;
	uint64_t cpu;
	unsigned int attach;
	const char *prog;
	const char *dst;
	uint8_t dst_mac[6];
	bool allow_copy, copy, skb, no_prog, no_rss;
	bool verify, json, csv, threads, quiet, latency;
};

extern const struct bench_config bench_defaults;
const char *bench_mode_name(unsigned int mode);

/* What a flow's receiver knows about it. */
struct flow_check {
	uint32_t next;
	bool seen;
	/* Frames that go round: how many came by in this lap and the last */
	uint32_t lap, last_lap;
};

#define LANE_FLOWS 128

/* The way of frames from one socket to another; either may be missing. */
struct lane {
	struct xsk *rx, *tx;
	uint32_t batch;
	uint32_t window;	/* pair: frames that may be under way */
	uint32_t inflight;	/* pair: frames that are */
	uint32_t waits;		/* rounds since the sender was last woken */
	uint32_t frame_len;
	uint32_t next_seq;
	uint32_t laps_of;	/* l2fwd: frames that go round, or 0 */
	uint64_t stuck_since;	/* when inflight last moved */
	uint64_t stuck_rx;
	uint64_t lost;
	/* with --verify */
	uint64_t corrupt, reordered, foreign;
	struct flow_check *flows;
	struct lap_times *times;	/* with --latency: both lanes' */
	unsigned int place;		/* of this one in it */
	struct xdp_desc waiting;	/* frame until the other lane's arrives */
};

struct counters {
	uint64_t rx, tx;
	uint64_t interrupts, polls, wakeups, doorbells, syscalls;
};

/* One socket with what surrounds it: a line of the report. */
struct row {
	struct xsk *xsk;
	bool rx, tx;
	struct vector vector;
	/* The driver's own per-vector counters, or -1 where it has none. */
	int place_interrupts, place_polls, place_wakeups, place_doorbells;
	uint64_t seen_interrupts;	/* by the last sample */
	struct eth_stats *stats;
	struct counters start, last, now;
};

struct worker {
	struct bench *bench;
	struct lane *lanes;
	unsigned int nlanes;
	struct xsk *sleepers[WAKEUP_MAX];	/* whom to wait for */
	unsigned int nsleepers;
	int epoll;		/* WAKEUP_SUSPEND: where it waits for them */
	uint32_t idle;
	uint64_t looked;	/* when the devices were last seen */
	pthread_t thread;
	int cpu;
};

struct bench {
	const struct bench_config *config;
	struct port port[PORT_MAX_DEVICES];
	unsigned int nports;
	struct pairing pairing[PORT_MAX_DEVICES];
	struct napi_profile napi[PORT_MAX_DEVICES];
	struct guard guard;
	struct eth_stats stats[PORT_MAX_DEVICES];
	struct topology topology[PORT_MAX_DEVICES];
	struct umem umem[BENCH_MAX_SOCKETS];
	unsigned int numems;
	struct xsk xsk[BENCH_MAX_SOCKETS];
	unsigned int nxsks;
	struct row row[BENCH_MAX_SOCKETS];
	struct lane lane[BENCH_MAX_SOCKETS];
	unsigned int nlanes;
	struct worker worker[BENCH_MAX_SOCKETS];
	unsigned int nworkers;
	int promisc_fd;
	bool two_way;		/* l2fwd over ports by twos */
	bool single;		/* one worker, in the main thread */
	volatile bool stop, failed;
	bool measuring, sampled;
	uint64_t born_ns, start_ns, last_ns, now_ns;
	double interval_ns[BENCH_MAX_INTERVALS];	/* per packet */
	unsigned int nintervals;
	struct flow flow[PORT_MAX_DEVICES][PORT_MAX_QUEUES];
};

struct bench_result {
	const struct bench *bench;
	double seconds;
	uint64_t packets;
	struct counters total;
	bool has_vectors;	/* the driver has per-vector counters */
	bool zerocopy;		/* every socket */
	uint64_t lost, corrupt, reordered, foreign;
	uint64_t ring_full, fill_empty;	/* as the kernel counts them */
};

int bench_setup(struct bench *b, const struct bench_config *config);
/* Fails if something of what was changed could not be restored. */
int bench_teardown(struct bench *b);

/* Finds a flow for each queue, builds the frames; l2fwd: sends the first. */
int bench_make_frames(struct bench *b);

/* Moves frames until the time is over, the count reached, or a signal came. */
int bench_loop(struct bench *b);

/* --verify: of the next @n frames in the RX (TX) ring of a lane. */
void bench_check_frames(struct lane *l, uint32_t n);
void bench_stamp_frames(struct lane *l, uint32_t n);

/* Called from the loop every few thousand frames: false ends it. */
bool bench_tick(struct bench *b);
void bench_count_open(struct bench *b);
void bench_count_close(struct bench *b);
void bench_sample(struct bench *b);
void bench_result(const struct bench *b, struct bench_result *result);

void bench_live_line(struct bench *b);
void bench_print(const struct bench_result *result);
struct json_object *bench_json(const struct bench_result *result);

/* A line per queue, the same fields as in JSON's queues behind the run's own. */
void bench_csv(const struct bench_result *result);

/* All of it; the caller prints @result before calling bench_teardown(). */
int bench_run(struct bench *b, const struct bench_config *config,
	      struct bench_result *result);

/* Ports that belong together: two that exchange frames, or one by itself. */
static inline unsigned int bench_group(const struct bench *b)
{
	return b->config->mode == BENCH_PAIR || b->two_way ? 2 : 1;
}

/* What a packet is in this mode: one received, or one sent. */
static inline bool bench_counts_rx(const struct bench *b)
{
	return b->config->mode == BENCH_RXDROP || b->config->mode == BENCH_PAIR;
}

static inline double seconds_between(uint64_t from, uint64_t to)
{
	return (double)(to - from) / 1e9;
}

static inline double per_million(uint64_t count, uint64_t packets)
{
	return packets ? (double)count * 1e6 / (double)packets : 0;
}

static inline uint64_t row_packets(const struct counters *a,
				   const struct counters *b)
{
	uint64_t rx = b->rx - a->rx, tx = b->tx - a->tx;

	return rx > tx ? rx : tx;
}

#endif
