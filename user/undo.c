// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Takes a pairing back, the last change first; see state.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "affinity.h"
#include "dispatcher.h"
#include "pins.h"
#include "state.h"
#include "tandem.h"
#include "topology.h"

/* An entry that was given back and taken again may have another number. */
static const struct vector *find_irq(const struct topology *t,
				     const struct state_irq *irq)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->vector[i].irq == irq->irq)
			return &t->vector[i];
	for (i = 0; i < t->n; i++)
		if (t->vector[i].irq > 0 && irq->name[0] &&
		    !strcmp(t->vector[i].name, irq->name))
			return &t->vector[i];
	return NULL;
}

static bool undo_irqs(const struct state *s, const struct port *port)
{
	static struct topology t;
	const struct vector *v;
	char now[STATE_AFFINITY_SIZE];
	unsigned int i;
	bool ok = true;

	if (s->nirqs)
		topology_read(&t, port);
	for (i = 0; i < s->nirqs; i++) {
		v = find_irq(&t, &s->irq[i]);
		/* some interrupts let nobody write even what they have */
		if (!v || (affinity_read(v->irq, now, sizeof(now)) &&
			   !strcmp(now, s->irq[i].old)))
			continue;
		if (affinity_write(v->irq, s->irq[i].old))
			continue;
		fail(0, "cannot let interrupt %d (%s) run on CPUs %s again: %s",
		     v->irq, v->name, s->irq[i].old, strerror(errno));
		ok = false;
	}
	return ok;
}

/* Fails, with what helps against @err of napi_profile_restore(). */
static int napi_stays(const struct napi_profile *p, int err)
{
	const char *dev = p->port.name;

	if (err == ENETDOWN)
		return fail(TD_FAIL, "%s is down, and the kernel sets no NAPI "
			    "of such a device: to restore its settings, 'ip "
			    "link set %s up' and 'tandem unpair %s'", dev, dev,
			    dev);
	if (err == ENXIO)
		return fail(TD_FAIL, "queue %u of %s is gone, and may come "
			    "back with the NAPI settings that it had: 'ethtool "
			    "-L %s combined %u' and 'tandem unpair %s'",
			    p->gone, dev, dev, p->gone + 1, dev);
	return fail(TD_FAIL, "cannot restore the NAPI settings of %s: %s; "
		    "'tandem unpair %s' tries again", dev, strerror(err), dev);
}

static bool undo_napi(struct state *s, const struct port *port)
{
	s->napi.port = *port;
	if (napi_profile_restore(&s->napi))
		return true;
	napi_stays(&s->napi, errno);
	return false;
}

int state_give_back(struct napi_profile *napi)
{
	const char *dev = napi->port.name;
	int err;

	if (napi_profile_restore(napi))
		return 0;
	err = errno;
	/* what it had went with it */
	if (!port_exists(&napi->port))
		return 0;
	if (state_lock() || state_keep_napi(napi))
		return fail(TD_FAIL, "the NAPI settings of %s stay changed, and "
			    "no record of what they were could be made", dev);
	return napi_stays(napi, err);
}

/* The device that the pinned link holds the program on; 0 if there is none. A link
 * lets go of a device that ends, and follows one that moves.
 */
static unsigned int linked_ifindex(const struct state *s)
{
	struct bpf_link_info info;
	struct pins pins;
	int fd;

	pins_paths(&pins, s->dev);
	fd = pins_open_link(pins.link, &info);
	if (fd < 0)
		return 0;
	close(fd);
	return info.xdp.ifindex;
}

/* One that was in another network namespace may have come back with another
 * index.
 */
static bool find_device(const struct state *s, char *name)
{
	unsigned int linked;

	if (if_indextoname(s->ifindex, name))
		return true;
	linked = linked_ifindex(s);
	return linked && linked == if_nametoindex(s->dev) &&
	       if_indextoname(linked, name);
}

bool state_moved(const struct state *s)
{
	char name[IFNAMSIZ];

	return !find_device(s, name) && linked_ifindex(s);
}

static bool undo_device(struct state *s, const char *name)
{
	struct port port;
	bool ok;

	if (port_open(&port, name))
		return false;
	ok = undo_napi(s, &port);
	ok &= undo_irqs(s, &port);
	if (!s->dispatcher || dispatcher_detach_one(&port, s->prog_id))
		return ok;
	fail(0, "libxdp does not detach program %u of %s", s->prog_id,
	     port.name);
	return false;
}

bool state_is_paired(const struct port *port)
{
	static struct state s;
	struct bpf_link_info info;
	struct pins pins;
	bool found;
	int fd;

	/* one that nobody can read says that, and may be of this device */
	if (state_read(&s, port->name, port->ifindex, &found))
		return true;
	if (found && !s.elsewhere && s.ifindex == port->ifindex &&
	    s.wakeup[0])
		return true;
	pins_paths(&pins, port->name);
	if (!pins_exist(&pins))
		return false;
	/* of a namesake? that of a dispatcher has no link to ask */
	fd = pins_open_link(pins.link, &info);
	if (fd < 0)
		return true;
	close(fd);
	return info.xdp.ifindex == port->ifindex;
}

bool state_undo(struct state *s)
{
	char name[IFNAMSIZ];
	struct pins pins;
	bool ok = true;

	/* It may have another name by now, or be gone with all its settings. */
	if (!s->elsewhere && find_device(s, name))
		ok = undo_device(s, name);
	pins_paths(&pins, s->dev);
	return pins_remove(&pins) && ok;
}
