// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reads and writes the state file; see state.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "state.h"
#include "tandem.h"
#include "topology.h"

/* What a record is written to before it takes its name. */
#define NEXT ".new"

static void state_path(char *path, const struct state *s)
{
	snprintf(path, STATE_PATH_SIZE, STATE_DIR "/%u-%s.json", s->ifindex,
		 s->dev);
}

/* The folder that we have locked, or -1 */
static int locked = -1;

static int no_folder(void)
{
	if (errno == EACCES || errno == EPERM)
		return fail(TD_PERM, "writing to " STATE_DIR " needs root, or "
			    "CAP_DAC_OVERRIDE; run it with sudo");
	return fail(TD_FAIL, "cannot make and open " STATE_DIR ": %s",
		    strerror(errno));
}

/* While it is locked: who waits for it then looks for the new one. */
static void leave_folder(void)
{
	rmdir(STATE_DIR);
	close(locked);
}

static bool is_folder(int fd)
{
	struct stat ours, now;

	return !fstat(fd, &ours) && !stat(STATE_DIR, &now) &&
	       ours.st_ino == now.st_ino && ours.st_dev == now.st_dev;
}

static int lock_folder(int *fd)
{
	struct stat st;

	if (mkdir(STATE_DIR, 0700) && errno != EEXIST)
		return no_folder();
	*fd = open(STATE_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* whoever had it may just have left and removed it */
	if (*fd < 0)
		return errno == ENOENT ? 0 : no_folder();
	if (fstat(*fd, &st) || (st.st_mode & 022) ||
	    (st.st_uid != geteuid() && geteuid()))
		return fail(TD_FAIL, STATE_DIR " is not a folder of this "
			    "user's alone; run it with sudo");
	if (st.st_uid != geteuid())
		return fail(TD_FAIL, STATE_DIR " belongs to user %u, who has "
			    "paired or steered a device: undo that as this "
			    "user, or remove it", (unsigned int)st.st_uid);
	if (flock(*fd, LOCK_EX))
		return fail(TD_FAIL, "interrupted while another tandem was at "
			    "work");
	return 0;
}

int state_lock(void)
{
	int fd, err = 0;

	while (locked < 0 && !err) {
		fd = -1;
		err = lock_folder(&fd);
		if (!err && fd >= 0 && is_folder(fd)) {
			/* the lock goes with the process */
			locked = fd;
			atexit(leave_folder);
		} else if (fd >= 0) {
			close(fd);
		}
	}
	return err;
}

static void put_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static void put_bool(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

static struct json_object *napi_json(const struct napi_profile *p)
{
	struct json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 0; i < p->n; i++) {
		struct json_object *o = json_object_new_object();

		json_add_number(o, "id", p->old[i].id);
		json_add_number(o, "irq", p->old[i].irq);
		if (p->queue[i] != UNKNOWN)
			json_add_number(o, "queue", (uint64_t)p->queue[i]);
		json_add_number(o, "defer_hard_irqs", p->old[i].defer_hard_irqs);
		json_add_number(o, "gro_flush_timeout",
				p->old[i].gro_flush_timeout);
		if (p->old[i].has_suspend)
			json_add_number(o, "irq_suspend_timeout",
					p->old[i].irq_suspend_timeout);
		json_object_array_add(array, o);
	}
	return array;
}

static struct json_object *irqs_json(const struct state *s)
{
	struct json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 0; i < s->nirqs; i++) {
		struct json_object *o = json_object_new_object();

		json_add_number(o, "irq", (uint64_t)s->irq[i].irq);
		put_text(o, "name", s->irq[i].name);
		put_text(o, "affinity", s->irq[i].old);
		json_object_array_add(array, o);
	}
	return array;
}

static struct json_object *state_json(const struct state *s)
{
	struct json_object *o = json_object_new_object();

	json_add_number(o, "version", 1);
	put_text(o, "dev", s->dev);
	json_add_number(o, "ifindex", s->ifindex);
	json_add_number(o, "netns", s->netns);
	put_bool(o, "complete", s->complete);
	put_bool(o, "dispatcher", s->dispatcher);
	json_add_number(o, "prog_id", s->prog_id);
	json_add_number(o, "queues", s->queues);
	put_text(o, "wakeup", s->wakeup);
	json_object_object_add(o, "irqs", irqs_json(s));
	json_object_object_add(o, "napis", napi_json(&s->napi));
	if (s->napi.sysfs) {
		put_text(o, "napi_defer_hard_irqs", s->napi.old_defer);
		put_text(o, "gro_flush_timeout", s->napi.old_flush);
	}
	return o;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
		      O_CLOEXEC, 0600);
	size_t len = strlen(text);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, len) == (ssize_t)len && !fsync(fd);
	return !close(fd) && ok;
}

static void next_path(char *next, const char *path)
{
	snprintf(next, STATE_PATH_SIZE + sizeof(NEXT), "%s" NEXT, path);
}

int state_record(const char *path, struct json_object *json)
{
	char next[STATE_PATH_SIZE + sizeof(NEXT)];
	const char *text;
	bool ok;

	next_path(next, path);
	text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY);
	ok = write_file(next, text) && !rename(next, path);
	json_object_put(json);
	if (ok)
		return 0;
	fail(TD_FAIL, "cannot write %s: %s", path, strerror(errno));
	unlink(next);
	return TD_FAIL;
}

void state_forget(const char *path)
{
	char next[STATE_PATH_SIZE + sizeof(NEXT)];

	next_path(next, path);
	unlink(path);
	/* of a process that was killed while it wrote */
	unlink(next);
}

int state_write(const struct state *s)
{
	char path[STATE_PATH_SIZE];

	state_path(path, s);
	return state_record(path, state_json(s));
}

static bool is_kept(const struct napi_profile *kept,
		    const struct napi_profile *napi, unsigned int k)
{
	unsigned int i;

	for (i = 0; i < kept->n; i++)
		if (napi->queue[k] != UNKNOWN ?
		    kept->queue[i] == napi->queue[k] :
		    kept->old[i].id == napi->old[k].id)
			return true;
	return false;
}

/* Adds what @kept does not know; what it knows was read before. */
static bool merge_napi(struct napi_profile *kept,
		       const struct napi_profile *napi)
{
	unsigned int k;

	for (k = 0; k < napi->n; k++) {
		if (is_kept(kept, napi, k))
			continue;
		if (kept->n == PORT_MAX_QUEUES)
			return false;
		kept->queue[kept->n] = napi->queue[k];
		kept->old[kept->n++] = napi->old[k];
	}
	if (napi->sysfs && !kept->sysfs) {
		memcpy(kept->old_defer, napi->old_defer,
		       sizeof(kept->old_defer));
		memcpy(kept->old_flush, napi->old_flush,
		       sizeof(kept->old_flush));
		kept->sysfs = true;
	}
	return true;
}

static int keep_more(struct state *s, const struct napi_profile *napi)
{
	if (s->elsewhere)
		return fail(TD_FAIL, "a %s of another network namespace has "
			    "the record of this name and index", s->dev);
	if (!s->wakeup[0])
		s->queues |= napi->queues;
	return merge_napi(&s->napi, napi) ? state_write(s) : TD_FAIL;
}

int state_keep_napi(const struct napi_profile *napi)
{
	static struct state s;
	bool found;
	int err = state_read(&s, napi->port.name, napi->port.ifindex, &found);

	if (err)
		return err;
	if (found && s.ifindex == napi->port.ifindex)
		return keep_more(&s, napi);
	memset(&s, 0, sizeof(s));
	memcpy(s.dev, napi->port.name, sizeof(s.dev));
	s.ifindex = napi->port.ifindex;
	s.netns = state_netns();
	s.queues = napi->queues;
	s.napi = *napi;
	return state_write(&s);
}

void state_remove(const struct state *s)
{
	char path[STATE_PATH_SIZE];

	state_path(path, s);
	state_forget(path);
}

static bool get_bool(struct json_object *o, const char *key)
{
	return json_object_get_boolean(json_object_object_get(o, key));
}

static uint64_t get_number(struct json_object *o, const char *key)
{
	return json_object_get_uint64(json_object_object_get(o, key));
}

static void get_text(struct json_object *o, const char *key, char *to,
		     size_t size)
{
	const char *text =
		json_object_get_string(json_object_object_get(o, key));

	snprintf(to, size, "%s", text ? text : "");
}

static void parse_irqs(struct state *s, struct json_object *array)
{
	size_t i, n = array ? json_object_array_length(array) : 0;

	for (i = 0; i < n && i < STATE_MAX_IRQS; i++) {
		struct json_object *o = json_object_array_get_idx(array, i);
		struct state_irq *irq = &s->irq[s->nirqs++];

		irq->irq = (int)get_number(o, "irq");
		get_text(o, "name", irq->name, sizeof(irq->name));
		get_text(o, "affinity", irq->old, sizeof(irq->old));
	}
}

static void parse_napis(struct napi_profile *p, struct json_object *array)
{
	size_t i, n = array ? json_object_array_length(array) : 0;

	for (i = 0; i < n && i < PORT_MAX_QUEUES; i++) {
		struct json_object *o = json_object_array_get_idx(array, i);
		struct nl_napi *napi = &p->old[p->n];

		p->queue[p->n++] = json_object_object_get(o, "queue") ?
				   (int)get_number(o, "queue") : UNKNOWN;
		napi->id = (uint32_t)get_number(o, "id");
		napi->irq = (uint32_t)get_number(o, "irq");
		napi->has_settings = true;
		napi->defer_hard_irqs =
			(uint32_t)get_number(o, "defer_hard_irqs");
		napi->gro_flush_timeout = get_number(o, "gro_flush_timeout");
		napi->has_suspend =
			json_object_object_get(o, "irq_suspend_timeout");
		napi->irq_suspend_timeout =
			get_number(o, "irq_suspend_timeout");
	}
}

static void parse(struct state *s, struct json_object *o)
{
	get_text(o, "dev", s->dev, sizeof(s->dev));
	s->ifindex = (unsigned int)get_number(o, "ifindex");
	s->netns = get_number(o, "netns");
	s->complete = get_bool(o, "complete");
	s->dispatcher = get_bool(o, "dispatcher");
	s->prog_id = (uint32_t)get_number(o, "prog_id");
	s->queues = get_number(o, "queues");
	get_text(o, "wakeup", s->wakeup, sizeof(s->wakeup));
	parse_irqs(s, json_object_object_get(o, "irqs"));
	parse_napis(&s->napi, json_object_object_get(o, "napis"));
	get_text(o, "napi_defer_hard_irqs", s->napi.old_defer,
		 sizeof(s->napi.old_defer));
	get_text(o, "gro_flush_timeout", s->napi.old_flush,
		 sizeof(s->napi.old_flush));
	s->napi.sysfs = s->napi.old_defer[0];
}

/* "<ifindex>-<dev>.json", with either of the two as wanted */
static bool is_wanted(const char *file, const char *dev, unsigned int ifindex)
{
	const size_t tail = strlen(".json");
	size_t len = strlen(file);
	char *name;
	unsigned long index = strtoul(file, &name, 10);

	if (name == file || *name != '-' || len < tail ||
	    strcmp(file + len - tail, ".json"))
		return false;
	name++;
	len -= (size_t)(name - file) + tail;
	return (ifindex && index == ifindex) ||
	       (strlen(dev) == len && !strncmp(name, dev, len));
}

uint64_t state_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

static int read_file(struct state *s, const char *file)
{
	struct json_object *json;
	char path[320];

	memset(s, 0, sizeof(*s));
	snprintf(path, sizeof(path), STATE_DIR "/%s", file);
	json = json_object_from_file(path);
	if (json && json_object_is_type(json, json_type_object))
		parse(s, json);
	json_object_put(json);
	if (!s->ifindex)
		return fail(TD_FAIL, "%s cannot be understood; remove it to "
			    "forget that pairing", path);
	s->elsewhere = s->netns != state_netns();
	return 0;
}

/* @name: one of another index, or namespace, is good enough */
static int scan(struct state *s, const char *dev, unsigned int ifindex,
		bool name, bool *found)
{
	DIR *dir = opendir(STATE_DIR);
	bool is_hidden = !dir && errno == EACCES;
	struct dirent *e;
	int err = 0;

	*found = false;
	while (dir && !err && !*found && (e = readdir(dir))) {
		if (!is_wanted(e->d_name, name ? dev : "", ifindex))
			continue;
		err = read_file(s, e->d_name);
		*found = !err && (!s->elsewhere ||
				  (name && !strcmp(s->dev, dev)));
	}
	if (dir)
		closedir(dir);
	if (!*found)
		memset(s, 0, sizeof(*s));
	s->hidden = is_hidden;
	return err;
}

int state_read(struct state *s, const char *dev, unsigned int ifindex,
	       bool *found)
{
	int err = scan(s, dev, ifindex, false, found);

	return err || *found ? err : scan(s, dev, ifindex, true, found);
}
