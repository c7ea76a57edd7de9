// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The file of what was steered; see steered.h. */
#include <dirent.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "state.h"
#include "steered.h"
#include "tandem.h"

static void steered_path(char *path, const struct port *port)
{
	snprintf(path, STATE_PATH_SIZE, STATE_DIR "/steer-%" PRIu64 "-%u.json",
		 state_netns(), port->ifindex);
}

/* A device that is gone took its table along. */
static void forget_gone(void)
{
	DIR *dir = opendir(STATE_DIR);
	char path[320], name[IFNAMSIZ];
	unsigned int ifindex;
	uint64_t netns, own = state_netns();
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (sscanf(e->d_name, "steer-%" SCNu64 "-%u", &netns,
			   &ifindex) != 2 || netns != own ||
		    if_indextoname(ifindex, name))
			continue;
		snprintf(path, sizeof(path), STATE_DIR "/%s", e->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
}

static bool get(struct json_object *o, const char *key, uint32_t *value)
{
	struct json_object *number;

	if (!json_object_object_get_ex(o, key, &number) ||
	    !json_object_is_type(number, json_type_int))
		return false;
	*value = (uint32_t)json_object_get_uint64(number);
	return true;
}

static bool parse(struct steered *s, struct json_object *array)
{
	struct json_object *o;
	size_t i, n;

	if (!json_object_is_type(array, json_type_array))
		return false;
	n = json_object_array_length(array);
	for (i = 0; i < n && i < RSS_MAX_TABLE; i++) {
		struct steered_entry *e = &s->entry[s->n++];

		o = json_object_array_get_idx(array, i);
		if (!get(o, "entry", &e->entry) ||
		    !get(o, "before", &e->before) ||
		    !get(o, "after", &e->after) ||
		    !get(o, "earlier", &e->earlier))
			return false;
	}
	return true;
}

int steered_read(struct steered *s, const struct port *port)
{
	char path[STATE_PATH_SIZE];
	struct json_object *json;
	bool ok;

	memset(s, 0, sizeof(*s));
	steered_path(path, port);
	forget_gone();
	if (access(path, F_OK))
		return 0;
	json = json_object_from_file(path);
	ok = json_object_is_type(json, json_type_object) &&
	     parse(s, json_object_object_get(json, "entries"));
	json_object_put(json);
	if (ok)
		return 0;
	return fail(TD_FAIL, "%s cannot be understood; remove it to forget "
		    "what was steered", path);
}

int steered_write(const struct steered *s, const struct port *port)
{
	struct json_object *json, *array, *o;
	char path[STATE_PATH_SIZE];
	unsigned int i;

	steered_path(path, port);
	if (!s->n) {
		state_forget(path);
		return 0;
	}
	json = json_object_new_object();
	array = json_object_new_array();
	json_add_number(json, "version", 1);
	json_object_object_add(json, "entries", array);
	for (i = 0; i < s->n; i++) {
		o = json_object_new_object();
		json_add_number(o, "entry", s->entry[i].entry);
		json_add_number(o, "before", s->entry[i].before);
		json_add_number(o, "after", s->entry[i].after);
		json_add_number(o, "earlier", s->entry[i].earlier);
		json_object_array_add(array, o);
	}
	return state_record(path, json);
}
