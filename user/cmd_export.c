// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem export: the counters for Prometheus, by HTTP or in a file. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "metrics.h"
#include "options.h"
#include "port.h"
#include "serve.h"
#include "tandem.h"

#define DEFAULT_LISTEN "127.0.0.1:9576"

struct export_config {
	const char *listen, *textfile;
	double interval;
};

static const struct opt opts[] = {
	{ "listen", 'l', OPT_STRING, offsetof(struct export_config, listen),
	  0, 0, NULL, "ADDR:PORT",
	  "answer scrapes here (" DEFAULT_LISTEN "); port 0 is any" },
	{ "textfile", 't', OPT_STRING, offsetof(struct export_config, textfile),
	  0, 0, NULL, "FILE", "write a file for node_exporter instead" },
	{ "interval", 'i', OPT_SECONDS, offsetof(struct export_config, interval),
	  0.1, 86400, NULL, "SECONDS",
	  "write the file again and again; it goes when the tool ends" },
};

static const struct opt_set set = {
	.command = "export",
	.synopsis = "[DEV]",
	.about = "Counters of a device's vectors and queues, or of all devices, "
		 "for Prometheus.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.max_args = 1,
};

/* A name beside @file that ends otherwise, so that nobody takes it for done. */
static int write_temp(const char *file, const char *text, size_t len,
		      char *temp, size_t size)
{
	ssize_t n;
	int fd;

	if (snprintf(temp, size, "%s.XXXXXX", file) >= (int)size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		text += n;
		len -= (size_t)n;
	}
	if (!len && !fchmod(fd, 0644) && !close(fd))
		return 0;
	n = errno;
	close(fd);
	unlink(temp);
	errno = (int)n;
	return -1;
}

static int cannot_write(const char *file)
{
	if (errno == EACCES || errno == EPERM)
		return fail(TD_PERM, "may not write %s (nor with "
			    "CAP_DAC_OVERRIDE); choose a directory of yours, "
			    "or run it with sudo", file);
	return fail(TD_FAIL, "cannot write %s: %s", file, strerror(errno));
}

/* Whoever reads the file sees all of the old text or all of the new. */
static int write_file(const char *file, const char *dev)
{
	char temp[PATH_MAX];
	struct stat st;
	size_t len;
	char *text;
	int err;

	/* a device or a pipe would be replaced by a file */
	if (!lstat(file, &st) && !S_ISREG(st.st_mode))
		return fail(TD_FAIL, "%s is not a file; name one that may be "
			    "replaced", file);
	text = metrics_text(METRICS_PROMETHEUS, dev, &len);
	if (!text)
		return fail(TD_FAIL, "out of memory");
	err = write_temp(file, text, len, temp, sizeof(temp));
	free(text);
	if (err)
		return cannot_write(file);
	if (rename(temp, file)) {
		err = cannot_write(file);
		unlink(temp);
		return err;
	}
	return TD_OK;
}

/*
 * Old values would be served for ever as if they were true, so the file goes
 * with its writer.
 */
static int keep_file(const struct export_config *config, const char *dev)
{
	uint64_t next = now_ns();
	bool is_ours = false;
	struct stat st;
	int err;

	do {
		err = write_file(config->textfile, dev);
		is_ours |= !err;
		next += (uint64_t)(config->interval * 1e9);
	} while (!err && sleep_until(next));
	/* by now somebody may have put something else there */
	if (is_ours && !lstat(config->textfile, &st) && S_ISREG(st.st_mode) &&
	    unlink(config->textfile))
		err = fail(TD_FAIL, "cannot remove %s, whose values are old: "
			   "%s", config->textfile, strerror(errno));
	return err;
}

int cmd_export(int argc, char **argv)
{
	struct export_config config = { 0 };
	const char *dev = NULL;
	struct opt_args args;
	struct port port;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	if (config.listen && config.textfile)
		return fail(TD_USAGE, "export: --listen contradicts --textfile; "
			    "run it twice for both");
	if (config.interval > 0 && !config.textfile)
		return fail(TD_USAGE, "export: --interval is for --textfile; "
			    "over HTTP, the scraper decides");
	if (args.n) {
		dev = args.arg[0];
		err = port_open(&port, dev);
		if (err)
			return err;
	}
	if (!config.textfile)
		return serve(config.listen ? config.listen : DEFAULT_LISTEN,
			     dev);
	if (config.interval > 0)
		return keep_file(&config, dev);
	return write_file(config.textfile, dev);
}
