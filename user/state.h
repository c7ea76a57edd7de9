/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What `tandem pair` changes, written down before it changes it, in
 * /run/tandem/<ifindex>-<dev>.json: what takes it back may be another process,
 * after the first one was killed.
 */
#ifndef TANDEM_STATE_H
#define TANDEM_STATE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "napi.h"

#define STATE_DIR "/run/tandem"
#define STATE_PATH_SIZE 104
#define STATE_MAX_IRQS (2 * PORT_MAX_QUEUES)

/* A list of CPUs. */
#define STATE_AFFINITY_SIZE 256

struct state_irq {
	int irq;
	char name[48];		/* it keeps that if it gets another number */
	char old[STATE_AFFINITY_SIZE];	/* the CPUs that it was allowed on */
};

struct state {
	char dev[IFNAMSIZ];
	unsigned int ifindex;
	uint64_t netns;		/* indices are of one network namespace */
	bool elsewhere;		/* not ours: nothing can be restored from here */
	bool hidden;		/* we may not see whether there is one */
	bool complete;		/* false: pair was interrupted */
	bool dispatcher;	/* libxdp attached it, under prog_id */
	uint32_t prog_id;	/* 0: not known yet */
	uint64_t queues;
	char wakeup[16];	/* "" if nothing was paired */
	unsigned int nirqs;
	struct state_irq irq[STATE_MAX_IRQS];
	struct napi_profile napi;
};

/*
 * Makes sure that no other process pairs or unpairs until we exit; makes the
 * folder, which goes at exit if there is nothing in it.
 */
int state_lock(void);

/*
 * Looks for the state of a device by its index or, since it may be gone or
 * renamed, by its name (@ifindex 0: by name only). @found says if there is one;
 * one of a device of this name in another network namespace is found too.
 */
int state_read(struct state *state, const char *dev, unsigned int ifindex,
	       bool *found);

struct json_object;

/*
 * Replaces a file of the folder, pairing or not, in one step, and puts @json;
 * takes it away.
 */
int state_record(const char *path, struct json_object *json);
void state_forget(const char *path);

/* The network namespace that we are in. */
uint64_t state_netns(void);

/*
 * Leaves a record of NAPI settings alone, for `tandem unpair` to restore. One that
 * is there already knows what was before, and is told of other queues only. Under
 * state_lock().
 */
int state_keep_napi(const struct napi_profile *napi);

/* Replaces the file in one step. */
int state_write(const struct state *state);
void state_remove(const struct state *state);

/*
 * True if the paired device has left for another network namespace, as far as its
 * pinned link tells.
 */
bool state_moved(const struct state *state);

/* True if the device is paired, also under the name that it had before. */
bool state_is_paired(const struct port *port);

/* Takes back all that @state says; reports and goes on when that fails. */
bool state_undo(struct state *state);

/*
 * Restores what a run has changed. If that cannot be done now, says so, leaves a
 * record and fails.
 */
int state_give_back(struct napi_profile *napi);

#endif
