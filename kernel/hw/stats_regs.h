/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers that count. All are cleared by reading, so only stats.c reads
 * them.
 */
#ifndef _TANDEM_STATS_REGS_H
#define _TANDEM_STATS_REGS_H

#define TANDEM_CRCERRS			0x4000
#define TANDEM_ALGNERRC			0x4004
#define TANDEM_RXERRC			0x400c
#define TANDEM_MPC			0x4010
#define TANDEM_ECOL			0x4018
#define TANDEM_LATECOL			0x4020
#define TANDEM_COLC			0x4028
#define TANDEM_DC			0x4030
#define TANDEM_TNCRS			0x4034
#define TANDEM_RLEC			0x4040
#define TANDEM_XONRXC			0x4048
#define TANDEM_XONTXC			0x404c
#define TANDEM_XOFFRXC			0x4050
#define TANDEM_XOFFTXC			0x4054
#define TANDEM_PRC64			0x405c	/* six, 64 to 1522 */
#define TANDEM_GPRC			0x4074
#define TANDEM_BPRC			0x4078
#define TANDEM_MPRC			0x407c
#define TANDEM_GPTC			0x4080
#define TANDEM_GORCL			0x4088
#define TANDEM_GOTCL			0x4090
#define TANDEM_RNBC			0x40a0
#define TANDEM_RUC			0x40a4
#define TANDEM_RFC			0x40a8
#define TANDEM_ROC			0x40ac
#define TANDEM_RJC			0x40b0
#define TANDEM_TORL			0x40c0
#define TANDEM_TOTL			0x40c8
#define TANDEM_TPR			0x40d0
#define TANDEM_TPT			0x40d4
#define TANDEM_PTC64			0x40d8	/* six, 64 to 1522 */
#define TANDEM_MPTC			0x40f0
#define TANDEM_BPTC			0x40f4
#define TANDEM_TSCTC			0x40f8
#define TANDEM_IAC			0x4100

#endif /* _TANDEM_STATS_REGS_H */
