// SPDX-License-Identifier: GPL-2.0
/*
 * A port's XDP program, and acting on its verdict. What it sends goes through
 * xdp_ring.c.
 */
#include <linux/bpf_trace.h>
#include <linux/filter.h>
#include <trace/events/xdp.h>

#include "../tandem.h"

/**
 * tandem_xdp_failed - a verdict that could not be carried out
 * @rx: receive ring
 * @prog: program
 * @act: its verdict
 * @err: what came of it
 *
 * Return: TANDEM_DROPPED, or TANDEM_XSK_FULL if the socket's ring was full.
 */
enum tandem_verdict tandem_xdp_failed(struct tandem_rx_ring *rx,
				      struct bpf_prog *prog, u32 act, int err)
{
	if (err == -ENOBUFS && rx->xsk_pool) {
		rx->stats.drop_xsk_full++;
		return TANDEM_XSK_FULL;
	}
	trace_xdp_exception(rx->netdev, prog, act);
	rx->stats.xdp_aborted++;
	return TANDEM_DROPPED;
}

/**
 * tandem_xdp_act - act on a program's verdict
 * @rx: receive ring
 * @prog: program
 * @xdp: frame that it has seen
 * @act: what it said
 * @work: what tandem_xdp_finish() owes at the end of the poll
 *
 * Context: NAPI. Return: who has the buffer now.
 */
enum tandem_verdict tandem_xdp_act(struct tandem_rx_ring *rx,
				   struct bpf_prog *prog, struct xdp_buff *xdp,
				   u32 act, struct tandem_xdp_work *work)
{
	enum tandem_verdict verdict;
	int err = 0;

	switch (act) {
	case XDP_PASS:
		rx->stats.xdp_pass++;
		return TANDEM_PASS;
	case XDP_DROP:
		rx->stats.xdp_drop++;
		return TANDEM_DROPPED;
	case XDP_TX:
		verdict = tandem_xdp_tx(rx, xdp);
		if (unlikely(verdict != TANDEM_CONSUMED)) {
			tandem_xdp_failed(rx, prog, act, 0);
			return verdict == TANDEM_LOST ? TANDEM_CONSUMED :
							TANDEM_DROPPED;
		}
		rx->stats.xdp_tx++;
		work->tx++;
		return TANDEM_CONSUMED;
	case XDP_REDIRECT:
		err = xdp_do_redirect(rx->netdev, xdp, prog);
		if (unlikely(err))
			break;
		work->redirect++;
		return TANDEM_CONSUMED;
	default:
		bpf_warn_invalid_xdp_action(rx->netdev, prog, act);
		break;
	case XDP_ABORTED:
		break;
	}
	return tandem_xdp_failed(rx, prog, act, err);
}

/**
 * tandem_xdp_finish - what a poll owes after its last program run
 * @v: queue vector
 * @work: as filled by tandem_xdp_act()
 *
 * Context: the same NAPI poll, before napi_complete_done().
 */
void tandem_xdp_finish(struct tandem_vector *v, struct tandem_xdp_work *work)
{
	if (work->redirect) {
		xdp_do_flush();
		v->rx.stats.xdp_redirect += work->redirect;
	}
	if (work->tx) {
		spin_lock(&v->xdp.lock);
		tandem_tx_doorbell(&v->xdp);
		spin_unlock(&v->xdp.lock);
	}
}

/**
 * tandem_xdp_setup - ndo_bpf(XDP_SETUP_PROG)
 * @ad: port
 * @prog: program or NULL; its reference becomes ours on success
 * @extack: where to say why not
 *
 * Receive buffers always carry XDP headroom, so this is a pointer swap; the
 * core waits for RCU before it frees the old program. Context: RTNL.
 */
int tandem_xdp_setup(struct tandem_adapter *ad, struct bpf_prog *prog,
		     struct netlink_ext_ack *extack)
{
	u32 frame = tandem_max_frame(ad->netdev->mtu) - ETH_FCS_LEN;
	struct bpf_prog *old = ad->prog;
	unsigned int i;

	if (ad->netdev->mtu > tandem_prog_max_mtu(prog)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "MTU needs several buffers per frame: lower it, or load a program that declares frags (SEC \"xdp.frags\")");
		return -EOPNOTSUPP;
	}

	for (i = 0; i < ad->num_vectors; i++)
		if (!tandem_xsk_allows(ad->xsk_pool[i], prog, frame)) {
			NL_SET_ERR_MSG_MOD(extack,
					   "frames take several chunks of an AF_XDP socket: lower the MTU, or load a program that declares frags (SEC \"xdp.frags\")");
			return -EOPNOTSUPP;
		}

	/* so that the core refuses a larger one, and says so to whoever asks */
	ad->netdev->max_mtu = tandem_prog_max_mtu(prog);
	WRITE_ONCE(ad->prog, prog);
	for (i = 0; i < ad->num_vectors; i++)
		WRITE_ONCE(ad->vector[i]->rx.prog, prog);
	if (old)
		bpf_prog_put(old);
	return 0;
}
