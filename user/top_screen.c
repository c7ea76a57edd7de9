// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The terminal of `tandem top`, by ncurses. */
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "tandem.h"
#include "top.h"

/* Columns before the first sparkline. */
#define TEXT_WIDTH 82

static SCREEN *screen;
static bool utf8;

static const struct {
	int key;
	unsigned int order;
	const char *label;
} orders[] = {
	{ 'd', TOP_BY_DEV, "device" },
	{ 'p', TOP_PACKETS, "packets" },
	{ 'i', TOP_INTERRUPTS, "interrupts" },
	{ 'w', TOP_WAKEUPS, "wakeups" },
	{ 'o', TOP_POLLS, "polls" },
};

int top_screen_open(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return fail(TD_USAGE, "top needs a terminal; --batch prints "
			    "plain text anywhere");
	setlocale(LC_CTYPE, "");
	utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return fail(TD_FAIL, "nothing is known of a terminal '%s'; set "
			    "TERM, or use --batch", term ? term : "");
	/* curses would end the process itself, with its own exit code */
	catch_signals();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	return TD_OK;
}

void top_screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

/* The newest sample is at the right end. */
static void sparkline(const double *history, int width)
{
	static const char *const blocks[] = {
		" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
	};
	static const char *const ascii[] = {
		" ", "_", ".", ":", "-", "=", "+", "*", "#",
	};
	double most = 0;
	int i, level;

	for (i = 0; i < width; i++)
		if (history[i] > most)
			most = history[i];
	for (i = width - 1; i >= 0; i--) {
		level = most > 0 ? (int)(history[i] / most * 8) : 0;
		if (!level && history[i] > 0)
			level = 1;
		addstr(utf8 ? blocks[level] : ascii[level]);
	}
}

static void number(int width, int value)
{
	if (value < 0)
		printw("%*s ", width, "-");
	else
		printw("%*d ", width, value);
}

static void rate(int width, const struct top_row *r, enum top_value what)
{
	printw("%*s ", width, r->known[what] ? grouped(r->rate[what]) : "-");
}

static int spark_width(void)
{
	int width = (COLS - TEXT_WIDTH - 2) / 2;

	return width > TOP_HISTORY ? TOP_HISTORY : width;
}

static void draw_row(const struct top_row *r)
{
	const struct vector *v = &r->vector;
	int width = spark_width();

	printw("%-10.10s ", r->dev);
	number(3, v->rx_queue != UNKNOWN ? v->rx_queue : v->tx_queue);
	number(3, v->entry);
	number(4, v->irq);
	printw("%-5.5s ", *vector_cpu(v) ? vector_cpu(v) : "-");
	printw("%-9s ", top_mode(r) ? top_mode(r) : "-");
	rate(11, r, TOP_PACKETS);
	rate(9, r, TOP_INTERRUPTS);
	rate(9, r, TOP_WAKEUPS);
	rate(9, r, TOP_POLLS);
	if (width < 4)
		return;
	sparkline(r->history[TOP_PACKETS], width);
	addch(' ');
	sparkline(r->history[TOP_INTERRUPTS], width);
}

static void draw_head(void)
{
	int width = spark_width();

	attron(A_REVERSE);
	printw("%-10s %3s %3s %4s %-5s %-9s %11s %9s %9s %9s ", "DEV", "Q",
	       "VEC", "IRQ", "CPU", "MODE", "PACKETS/S", "INTR/S", "WAKE/S",
	       "POLL/S");
	if (width >= 4)
		printw("%-*.*s %-*.*s", width, width, "PACKETS", width, width,
		       "INTERRUPTS");
	attroff(A_REVERSE);
}

static void draw_keys(const struct top *top)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		if (orders[i].order == top->order)
			attron(A_BOLD);
		printw("%c %s  ", orders[i].key, orders[i].label);
		attroff(A_BOLD);
	}
	addstr("r reverse  q quit");
}

void top_screen_draw(const struct top *top, double interval)
{
	int line = 2;
	unsigned int i;

	erase();
	mvprintw(0, 0, "tandem top  %s  %u vectors  every %g s",
		 top->dev ? top->dev : "all devices", top->rows, interval);
	move(1, 0);
	draw_head();
	for (i = 0; i < top->rows && line < LINES - 1; i++, line++) {
		move(line, 0);
		draw_row(&top->row[i]);
	}
	if (i < top->rows)
		mvprintw(0, COLS > 20 ? COLS - 20 : 0, " %u more below",
			 top->rows - i);
	move(LINES - 1, 0);
	clrtoeol();
	draw_keys(top);
	refresh();
}

bool top_screen_key(struct top *top, int ms, bool *redraw)
{
	int key;
	size_t i;

	*redraw = false;
	timeout(ms);
	key = getch();
	if (key == ERR)
		return true;
	*redraw = true;
	if (key == 'q' || key == 'Q' || key == 3)
		return false;
	if (key == 'r')
		top->reverse = !top->reverse;
	for (i = 0; i < ARRAY_SIZE(orders); i++)
		if (key == orders[i].key)
			top->order = orders[i].order;
	return true;
}
