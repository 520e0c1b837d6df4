/// Texts of `format` files. The print format is cut down to the field names and, where there is one, the table of
/// reasons; everything else is as the kernel prints it.
enum FormatFixture {
    static let all = [setState, retransmit, retransmitSynAck, sendReset, receiveReset, sendReset510]

    // MARK: Linux 6.18.44

    static let setState = #"""
        name: inet_sock_set_state
        ID: 2287
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:const void * skaddr;	offset:8;	size:8;	signed:0;
        	field:int oldstate;	offset:16;	size:4;	signed:1;
        	field:int newstate;	offset:20;	size:4;	signed:1;
        	field:__u16 sport;	offset:24;	size:2;	signed:0;
        	field:__u16 dport;	offset:26;	size:2;	signed:0;
        	field:__u16 family;	offset:28;	size:2;	signed:0;
        	field:__u16 protocol;	offset:30;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:32;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:36;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:40;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:56;	size:16;	signed:0;

        print fmt: "family=%s protocol=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c \#
        daddrv6=%pI6c oldstate=%s newstate=%s"
        """#

    static let retransmit = #"""
        name: tcp_retransmit_skb
        ID: 2281
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:const void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:const void * skaddr;	offset:16;	size:8;	signed:0;
        	field:int state;	offset:24;	size:4;	signed:1;
        	field:__u16 sport;	offset:28;	size:2;	signed:0;
        	field:__u16 dport;	offset:30;	size:2;	signed:0;
        	field:__u16 family;	offset:32;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:34;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:38;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:42;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:58;	size:16;	signed:0;
        	field:int err;	offset:76;	size:4;	signed:1;

        print fmt: "skbaddr=%p skaddr=%p family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c \#
        daddrv6=%pI6c state=%s err=%d"
        """#

    static let retransmitSynAck = #"""
        name: tcp_retransmit_synack
        ID: 2275
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:const void * skaddr;	offset:8;	size:8;	signed:0;
        	field:const void * req;	offset:16;	size:8;	signed:0;
        	field:__u16 sport;	offset:24;	size:2;	signed:0;
        	field:__u16 dport;	offset:26;	size:2;	signed:0;
        	field:__u16 family;	offset:28;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:30;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:34;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:38;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:54;	size:16;	signed:0;

        print fmt: "family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c"
        """#

    static let sendReset = #"""
        name: tcp_send_reset
        ID: 2280
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:const void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:const void * skaddr;	offset:16;	size:8;	signed:0;
        	field:int state;	offset:24;	size:4;	signed:1;
        	field:enum sk_rst_reason reason;	offset:28;	size:4;	signed:0;
        	field:__u8 saddr[28];	offset:32;	size:28;	signed:0;
        	field:__u8 daddr[28];	offset:60;	size:28;	signed:0;

        print fmt: "skbaddr=%p skaddr=%p src=%pISpc dest=%pISpc state=%s reason=%s", REC->skbaddr, \#
        REC->skaddr, __print_symbolic(REC->reason, { 0, "NOT_SPECIFIED" }, { 1, "NO_SOCKET" }, { 2, \#
        "TCP_INVALID_ACK_SEQUENCE" }, { 3, "TCP_RFC7323_PAWS" }, { 4, "TCP_TOO_OLD_ACK" }, { 5, \#
        "TCP_ACK_UNSENT_DATA" }, { 6, "TCP_FLAGS" }, { 7, "TCP_OLD_ACK" }, { 8, "TCP_ABORT_ON_DATA" }, { 9, \#
        "TCP_TIMEWAIT_SOCKET" }, { 10, "INVALID_SYN" }, { 11, "TCP_ABORT_ON_CLOSE" }, { 12, \#
        "TCP_ABORT_ON_LINGER" }, { 13, "TCP_ABORT_ON_MEMORY" }, { 14, "TCP_STATE" }, { 15, \#
        "TCP_KEEPALIVE_TIMEOUT" }, { 16, "TCP_DISCONNECT_WITH_DATA" }, { 17, "MPTCP_RST_EUNSPEC" }, { 18, \#
        "MPTCP_RST_EMPTCP" }, { 19, "MPTCP_RST_ERESOURCE" }, { 20, "MPTCP_RST_EPROHIBIT" }, { 21, \#
        "MPTCP_RST_EWQ2BIG" }, { 22, "MPTCP_RST_EBADPERF" }, { 23, "MPTCP_RST_EMIDDLEBOX" }, { 24, "ERROR" \#
        }, { 25, "MAX" })
        """#

    static let receiveReset = #"""
        name: tcp_receive_reset
        ID: 2279
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:const void * skaddr;	offset:8;	size:8;	signed:0;
        	field:__u16 sport;	offset:16;	size:2;	signed:0;
        	field:__u16 dport;	offset:18;	size:2;	signed:0;
        	field:__u16 family;	offset:20;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:22;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:26;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:30;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:46;	size:16;	signed:0;
        	field:__u64 sock_cookie;	offset:64;	size:8;	signed:0;

        print fmt: "family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c \#
        sock_cookie=%llx"
        """#

    // MARK: Linux 5.10: no family in the events of the tcp group, no reason, plain addresses in a reset

    static let sendReset510 = #"""
        name: tcp_send_reset
        ID: 1400
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:const void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:const void * skaddr;	offset:16;	size:8;	signed:0;
        	field:int state;	offset:24;	size:4;	signed:1;
        	field:__u16 sport;	offset:28;	size:2;	signed:0;
        	field:__u16 dport;	offset:30;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:32;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:36;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:40;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:56;	size:16;	signed:0;

        print fmt: "sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c state=%s"
        """#
}
