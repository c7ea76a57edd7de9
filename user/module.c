// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See module.h. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "module.h"

#define LOADED "/sys/module/tandem"
/* modinfo knows where modprobe looks, and these what distributions compress by. */
#define INSTALLED "PATH=$PATH:/usr/sbin:/sbin; "			\
	"f=$(modinfo -n tandem 2>/dev/null) && case $f in "		\
	"*.xz) exec xz -dc \"$f\" ;; "					\
	"*.zst) exec zstd -dcq \"$f\" ;; "				\
	"*.gz) exec gzip -dc \"$f\" ;; "				\
	"*) exec cat \"$f\" ;; esac"

/* The text of the first build ID among the notes in @data. */
static void find_id(char id[MODULE_ID_LEN], const char *data, size_t len)
{
	const struct {
		Elf64_Nhdr head;
		char name[4];
	} note = {
		.head = { .n_namesz = 4, .n_descsz = 20,
			  .n_type = NT_GNU_BUILD_ID },
		.name = ELF_NOTE_GNU,
	};
	const unsigned char *found = memmem(data, len, &note, sizeof(note));
	size_t i;

	id[0] = '\0';
	if (!found)
		return;
	found += sizeof(note);
	if ((const char *)found + note.head.n_descsz > data + len)
		return;
	for (i = 0; i < note.head.n_descsz; i++)
		snprintf(id + 2 * i, 3, "%02x", found[i]);
}

/* False if there was nothing to read. */
static bool read_id(char id[MODULE_ID_LEN], FILE *f)
{
	size_t len = 0, n;
	char (*data)[4096] = NULL;

	do {
		data = array_grow(data, len / sizeof(*data), sizeof(*data));
		n = fread((char *)data + len, 1, sizeof(*data), f);
		len += n;
	} while (n == sizeof(*data));
	find_id(id, (const char *)data, len);
	free(data);
	return len;
}

bool module_loaded(char id[MODULE_ID_LEN])
{
	FILE *f = fopen(LOADED "/notes/.note.gnu.build-id", "re");

	id[0] = '\0';
	if (!f)
		return !access(LOADED, F_OK);
	read_id(id, f);
	fclose(f);
	return true;
}

bool module_installed(char id[MODULE_ID_LEN])
{
	FILE *f = popen(INSTALLED, "re");
	bool is_there;

	id[0] = '\0';
	if (!f)
		return false;
	is_there = read_id(id, f);
	pclose(f);
	return is_there;
}
