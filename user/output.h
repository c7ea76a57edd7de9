/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Text tables, numbers that people can read, and JSON on stdout. */
#ifndef TANDEM_OUTPUT_H
#define TANDEM_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#define TABLE_COLUMNS 20
#define TABLE_CELL 96

struct table {
	unsigned int columns, rows;
	unsigned int cell;	/* next one to be set in the last row */
	const char *head[TABLE_COLUMNS];
	bool left[TABLE_COLUMNS];	/* text, not a number */
	char (*text)[TABLE_COLUMNS][TABLE_CELL];	/* per row */
};

/*
 * A head that starts with '<' is a column of text. A table is static, and may
 * be started anew.
 */
void table_start(struct table *t, const char *const *heads, unsigned int n);
void table_row(struct table *t);
void table_cell(struct table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "-" for a negative number, which means that nobody knows. */
void table_int(struct table *t, int64_t value);
/* "-" for "" and NULL. */
void table_text(struct table *t, const char *text);
void table_print(const struct table *t);

/* 4767768 as "4,767,768"; four results live at a time. */
const char *grouped(double value);

/* Colour only on a terminal. */
const char *bold(void);
const char *dim(void);
const char *plain(void);

/*
 * @code, or a complaint and TD_FAIL if that was success but not all of it went
 * out; who reads may have seen enough and left.
 */
int output_end(int code);

struct json_object;
void json_print(struct json_object *json);
/* null for a negative number */
struct json_object *json_known(int64_t value);

/* A result of a few texts, as an object: names and values in turn. */
#define json_print_texts(...) json_print_texts_to(__VA_ARGS__, (char *)NULL)
void json_print_texts_to(const char *name, ...) __attribute__((sentinel));

void json_add_number(struct json_object *o, const char *key, uint64_t value);
/* A string, or null for "" and NULL. */
struct json_object *json_text(const char *text);
/* nine places, however the number is stored */
struct json_object *json_seconds(double value);

#endif
