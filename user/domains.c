// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See domains.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domains.h"
#include "netlink.h"

static struct domain_level *last_level(struct domain_chain *c)
{
	return c->n ? &c->level[c->n - 1] : NULL;
}

/* One more level; NULL if the hierarchy is deeper than anybody has seen. */
static struct domain_level *add_level(struct domain_chain *c)
{
	if (c->n == DOMAIN_LEVELS)
		return NULL;
	memset(&c->level[c->n], 0, sizeof(c->level[0]));
	return &c->level[c->n++];
}

static uint64_t number(const void *value, unsigned int len)
{
	uint32_t word;
	uint64_t wide;

	if (len == sizeof(wide)) {
		memcpy(&wide, value, sizeof(wide));
		return wide;
	}
	if (len != sizeof(word))
		return 0;
	memcpy(&word, value, sizeof(word));
	return word;
}

static void text(char *out, size_t size, const void *value, unsigned int len)
{
	size_t n = strnlen(value, len < size - 1 ? len : size - 1);

	memcpy(out, value, n);
	out[n] = '\0';
}

/* In the order in which tandem's reporter "vector" tells them. */
static void on_value(const char *name, const void *value, unsigned int len,
		     void *data)
{
	struct domains *d = data;
	struct domain_chain *c = d->n ? &d->chain[d->n - 1] : NULL;
	struct domain_level *l;

	if (!strcmp(name, "virq") && d->n < TOPOLOGY_MAX) {
		c = &d->chain[d->n++];
		c->irq = (int)number(value, len);
		c->n = 0;
		return;
	}
	if (!c)
		return;
	l = !strcmp(name, "domain") ? add_level(c) : last_level(c);
	if (!l)
		return;
	if (!strcmp(name, "domain"))
		text(l->domain, sizeof(l->domain), value, len);
	else if (!strcmp(name, "chip"))
		text(l->chip, sizeof(l->chip), value, len);
	else if (!strcmp(name, "hwirq"))
		l->hwirq = number(value, len);
}

int domains_read(struct domains *domains, const struct port *port)
{
	int err;

	memset(domains, 0, sizeof(*domains));
	if (strcmp(port->driver, "tandem"))
		return 0;
	err = devlink_diagnose(port->bus, "vector", on_value, domains);
	if (err)
		domains->n = 0;
	return err == -EPERM || err == -EACCES ? -EPERM : 0;
}

/* Needs root, and a kernel with CONFIG_GENERIC_IRQ_DEBUGFS. */
static void from_debugfs(struct domain_chain *c)
{
	char path[64], line[160], word[16], rest[80];
	struct domain_level *l = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/irq/irqs/%d", c->irq);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %15[a-z]: %79s", word, rest) != 2)
			continue;
		if (!strcmp(word, "domain")) {
			l = add_level(c);
			if (l)
				text(l->domain, sizeof(l->domain), rest,
				     sizeof(rest));
		} else if (l && !strcmp(word, "hwirq")) {
			l->hwirq = strtoull(rest, NULL, 0);
		} else if (l && !strcmp(word, "chip")) {
			text(l->chip, sizeof(l->chip), rest, sizeof(rest));
		}
	}
	fclose(f);
}

static void from_sysfs(struct domain_chain *c)
{
	char path[64], line[48];
	struct domain_level *l;

	snprintf(path, sizeof(path), "/sys/kernel/irq/%d/chip_name", c->irq);
	if (!read_line(path, line, sizeof(line)) || !line[0])
		return;
	l = add_level(c);
	text(l->chip, sizeof(l->chip), line, sizeof(line));
	snprintf(path, sizeof(path), "/sys/kernel/irq/%d/hwirq", c->irq);
	if (read_line(path, line, sizeof(line)))
		l->hwirq = strtoull(line, NULL, 10);
}

void domains_of(const struct domains *domains, int irq,
		struct domain_chain *chain)
{
	unsigned int i;

	for (i = 0; i < domains->n; i++)
		if (domains->chain[i].irq == irq) {
			*chain = domains->chain[i];
			return;
		}
	memset(chain, 0, sizeof(*chain));
	chain->irq = irq;
	if (irq <= 0)
		return;
	from_debugfs(chain);
	if (!chain->n)
		from_sysfs(chain);
}

void domains_text(const struct domain_chain *chain, char *buf, size_t size)
{
	const struct domain_level *l;
	size_t len = 0;

	snprintf(buf, size, "-");
	for (l = chain->level; l < chain->level + chain->n && len < size; l++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s#%llu",
					len ? " > " : "",
					l->domain[0] ? l->domain : l->chip,
					(unsigned long long)l->hwirq);
}
