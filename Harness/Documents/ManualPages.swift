extension Document {
    private static let manPages = "man-pages 6.20, 2026"

    /// Claims of the manual pages, each by the term that the page has for it.
    package static let manualPages = [
        Document(
            "tcp(7)", "Linux manual: TCP protocol", date: manPages,
            rows: [
                Row("not connected", "Nothing can be sent on a socket that listens or is not yet connected."),
                Row("buffer doubled", "SO_SNDBUF and SO_RCVBUF give back twice the size that was set."),
                Row(
                    "buffer before connect", "A buffer size has to be set before listen() or connect() to have effect."),
                Row("SO_RCVBUF inherited", "An accepted socket has the SO_RCVBUF of its listener."),
                Row("SIGURG", "Urgent data raises SIGURG for the owner of the socket."),
                Row(
                    "SO_OOBINLINE", "With SO_OOBINLINE urgent data is in the stream; without it MSG_OOB alone gets it."),
                Row("urgent readiness", "select() and poll() report urgent data as exceptional (POLLPRI)."),
                Row("newer urgent byte", "A newer urgent byte makes the older one ordinary data."),
                Row(
                    "urgent pointer",
                    "How Linux takes the urgent pointer by default violates RFC 1122; tcp_stdurg changes that."),
                Row("MSG_OOB MSG_PEEK", "Urgent data can be peeked at."),
                Row("MSG_TRUNC", "MSG_TRUNC throws received bytes away."),
                Row("TCP_CORK", "TCP_CORK keeps partial segments back, for 200 ms at most."),
                Row("TCP_CORK and TCP_NODELAY", "TCP_NODELAY flushes what is pending although TCP_CORK is set."),
                Row("MSG_MORE", "MSG_MORE is TCP_CORK for a single call."),
                Row(
                    "TCP_DEFER_ACCEPT on a client",
                    "TCP_DEFER_ACCEPT on the connecting end keeps the third segment back until there is data."),
                Row(
                    "TCP_DEFER_ACCEPT seconds",
                    "The seconds of TCP_DEFER_ACCEPT are rounded up to times of retransmission."),
                Row("TCP_LINGER2", "TCP_LINGER2 overrides tcp_fin_timeout for a socket."),
                Row(
                    "TCP_MAXSEG",
                    "TCP_MAXSEG before the connection changes the MSS that is offered; a value above the MTU has no effect."
                ),
                Row("TCP_NODELAY", "TCP_NODELAY turns Nagle's algorithm off."),
                Row("TCP_QUICKACK", "TCP_QUICKACK sends ACKs at once, but is not permanent."),
                Row("TCP_SYNCNT", "TCP_SYNCNT is at most 255."),
                Row("TCP_SAVE_SYN", "TCP_SAVE_SYN keeps the SYN's headers, which TCP_SAVED_SYN gives once."),
                Row(
                    "TCP_USER_TIMEOUT",
                    "Data that is unacknowledged, or unsent before a closed window, for TCP_USER_TIMEOUT ends the connection by ETIMEDOUT."
                ),
                Row("TCP_USER_TIMEOUT states", "TCP_USER_TIMEOUT has effect only in synchronized states."),
                Row("TCP_USER_TIMEOUT and retransmission", "TCP_USER_TIMEOUT has no effect on when TCP retransmits."),
                Row(
                    "TCP_USER_TIMEOUT and keepalive",
                    "With keepalive, TCP_USER_TIMEOUT decides when the connection is given up."),
                Row("TCP_USER_TIMEOUT inherited", "An accepted socket has the TCP_USER_TIMEOUT of its listener."),
                Row("TCP_WINDOW_CLAMP", "TCP_WINDOW_CLAMP bounds the window that is advertised."),
                Row(
                    "TCP_FASTOPEN",
                    "TCP_FASTOPEN lets a listener take data in SYNs; its value is the length of the queue."),
                Row(
                    "TCP_FASTOPEN_CONNECT",
                    "With TCP_FASTOPEN_CONNECT connect() sends nothing; the first write sends the SYN."),
                Row("SIOCINQ", "SIOCINQ gives the unread bytes, and EINVAL on a listener."),
                Row(
                    "SIOCATMARK", "SIOCATMARK tells whether the next byte is the urgent one; no read crosses the mark."),
                Row("SIOCOUTQ", "SIOCOUTQ gives the bytes that are not yet sent."),
                Row(
                    "network errors",
                    "A network error is tried against until the connection ends by ETIMEDOUT or by the last error."),
                Row("IP_RECVERR", "IP_RECVERR passes every incoming error to the process at once."),
                Row("EPIPE", "EPIPE: the other end has closed, or a read was made on a socket that is shut down."),
                Row("EAFNOSUPPORT", "An address of another family gives EAFNOSUPPORT."),
                Row("tcp_retries2", "tcp_retries2 is 15 by default, which is 13 to 30 minutes."),
                Row("tcp_syn_retries", "tcp_syn_retries is 6 by default, which is 127 s, and at most 255."),
                Row("tcp_tw_reuse", "tcp_tw_reuse is a Boolean and off by default."),
                Row(
                    "tcp_max_syn_backlog",
                    "tcp_max_syn_backlog is 256 by default, 1024 or 128 with much or little memory."),
                Row("tcp_orphan_retries", "tcp_orphan_retries is 8 by default."),
                Row("settings", "The page names the settings in /proc/sys/net/ipv4 that TCP has."),
            ]),
        Document(
            "socket(7)", "Linux manual: socket interface", date: manPages,
            rows: [
                Row(
                    "SO_LINGER",
                    "With SO_LINGER close() and shutdown() wait until what is queued has been sent, or the time is over."
                ),
                Row("SO_LINGER at exit", "Where a socket is closed by exit, it lingers in the background."),
                Row("SO_PEEK_OFF", "SO_PEEK_OFF is for sockets of the unix domain only."),
                Row(
                    "SO_RCVLOWAT", "recv() waits for as many bytes as SO_RCVLOWAT says, and so do select() and poll()."),
                Row("SO_SNDLOWAT", "SO_SNDLOWAT cannot be set: ENOPROTOOPT."),
                Row(
                    "SO_RCVTIMEO",
                    "SO_RCVTIMEO and SO_SNDTIMEO end calls by EAGAIN, or EINPROGRESS for connect(), or give what was moved; they have no effect on poll()."
                ),
                Row(
                    "SO_REUSEADDR",
                    "With SO_REUSEADDR bind() succeeds unless an active listener is bound to the address."),
                Row("wildcard listener", "A listener on INADDR_ANY keeps its port from every local address."),
                Row(
                    "SO_REUSEPORT",
                    "Sockets that all set SO_REUSEPORT, of the same user, may be bound to the same address."),
                Row("SO_ERROR", "SO_ERROR gives the pending error and clears it."),
                Row("SO_ACCEPTCONN", "SO_ACCEPTCONN, SO_DOMAIN, SO_PROTOCOL and SO_TYPE say what a socket is."),
                Row("smallest buffers", "The smallest receive buffer is 256 bytes, the smallest send buffer 2048."),
                Row("SO_BINDTODEVICE", "SO_BINDTODEVICE restricts a socket to one interface."),
                Row("SO_DONTROUTE", "SO_DONTROUTE and MSG_DONTROUTE reach directly connected hosts alone."),
                Row("SO_MARK", "SO_MARK and high values of SO_PRIORITY need CAP_NET_ADMIN."),
                Row("SO_OOBINLINE", "With SO_OOBINLINE out-of-band data is placed in the stream."),
                Row("SIGIO", "FIOASYNC and F_SETOWN make events raise SIGIO."),
                Row("SO_BROADCAST", "SO_BROADCAST has no effect on streams."),
                Row(
                    "SO_INCOMING_CPU", "SO_INCOMING_CPU chooses among the sockets of a port by processor.",
                    .notTestable("a guest has one processor")),
                Row("SO_ATTACH_FILTER", "A filter drops incoming segments that it does not match."),
                Row("SO_TIMESTAMP", "SO_TIMESTAMP tells when a packet arrived."),
            ]),
        Document(
            "listen(2)", "Linux manual: listen for connections", date: manPages,
            rows: [
                Row(
                    "backlog",
                    "The backlog is the number of established connections that wait for accept(), silently capped by somaxconn."
                ),
                Row(
                    "full queue",
                    "A full queue makes the client get ECONNREFUSED, or its request is ignored so that a later try may succeed."
                ),
                Row(
                    "backlog and SYN cookies",
                    "With SYN cookies there is no limit to incomplete connections, and tcp_max_syn_backlog is ignored."),
                Row("EADDRINUSE", "Another socket listens on the port: EADDRINUSE."),
                Row("without bind", "Without bind() the socket gets an ephemeral port; EADDRINUSE where none is left."),
                Row("again", "What a second listen() does."),
            ]),
        Document(
            "accept(2)", "Linux manual: accept a connection", date: manPages,
            rows: [
                Row("pending errors", "accept() passes errors that are pending on the new socket."),
                Row("after readiness", "A connection may be gone between readiness and accept(), which then blocks."),
                Row("ECONNABORTED", "ECONNABORTED: the connection has been aborted."),
                Row("flags", "The new socket inherits neither O_NONBLOCK nor O_ASYNC."),
                Row("EMFILE", "EMFILE: the limit of open descriptors has been reached."),
                Row("EFAULT", "EFAULT: the address is not in a writable part of memory."),
                Row("EINTR", "EINTR: a signal came before a connection."),
                Row("accept4", "accept4() sets SOCK_NONBLOCK and SOCK_CLOEXEC."),
            ]),
        Document(
            "bind(2)", "Linux manual: bind a name to a socket", date: manPages,
            rows: [
                Row("EINVAL", "EINVAL: the socket is already bound."),
                Row(
                    "EADDRINUSE",
                    "EADDRINUSE: the address is in use, or port 0 was given and no ephemeral port is left."),
                Row("EACCES", "EACCES: a port below 1024 needs a capability; EADDRNOTAVAIL: the address is not local."),
            ]),
        Document(
            "connect(2)", "Linux manual: initiate a connection", date: manPages,
            rows: [
                Row(
                    "after failure",
                    "After a failed connect() the state of the socket is unspecified: a new one has to be made."),
                Row("AF_UNSPEC", "connect() to AF_UNSPEC dissolves the connection."),
                Row("EINTR", "EINTR: a signal interrupted the call."),
                Row("ETIMEDOUT", "ETIMEDOUT may take very long where the server uses SYN cookies."),
                Row("EADDRNOTAVAIL", "EADDRNOTAVAIL: no ephemeral port is left."),
                Row("EACCES", "EACCES or EPERM: a broadcast address without the flag."),
                Row("nonblocking", "EINPROGRESS, then EALREADY, writability and SO_ERROR; EISCONN once connected."),
                Row("EAFNOSUPPORT", "EAFNOSUPPORT, EINVAL and EFAULT for wrong addresses."),
            ]),
        Document(
            "close(2)", "Linux manual: close a file descriptor", date: manPages,
            rows: [
                Row(
                    "blocked calls",
                    "A call that another thread is blocked in holds the socket, and may complete after close()."),
                Row("EINTR", "EINTR: a signal interrupted close() while it lingered."),
                Row("earlier errors", "An error of an earlier write may be told by close()."),
            ]),
        Document(
            "shutdown(2)", "Linux manual: shut down part of a connection", date: manPages,
            rows: [
                Row("SHUT_RD", "After SHUT_RD further receptions are disallowed."),
                Row("errors", "EINVAL for an unknown way, ENOTCONN for what is not connected, ENOTSOCK, EBADF."),
            ]),
        Document(
            "send(2)", "Linux manual: send a message", date: manPages,
            rows: [
                Row("sendto", "sendto() with an address on a connected stream: ignored, or EISCONN."),
                Row("EAGAIN", "What does not fit on a nonblocking socket fails with EAGAIN."),
                Row("EPIPE for ENOTCONN", "Linux may return EPIPE instead of ENOTCONN."),
                Row("MSG_DONTWAIT", "MSG_DONTWAIT makes one call nonblocking."),
                Row("MSG_EOR", "MSG_EOR and MSG_CONFIRM are for other protocols."),
                Row(
                    "MSG_FASTOPEN",
                    "MSG_FASTOPEN gives EINPROGRESS without a cookie, a count with one, EALREADY while another is under way."
                ),
                Row(
                    "ECONNRESET",
                    "ECONNRESET: the peer has reset the connection; EINTR: a signal came before anything was sent."),
                Row("MSG_ZEROCOPY", "MSG_ZEROCOPY sends without copying, and tells when it is done.", .outOfField),
            ]),
        Document(
            "recv(2)", "Linux manual: receive a message", date: manPages,
            rows: [
                Row("what is there", "recv() returns what is there, up to the amount asked for."),
                Row(
                    "MSG_WAITALL",
                    "MSG_WAITALL waits for all, but for signals, errors, the end and data of another kind."),
                Row("MSG_PEEK", "MSG_PEEK leaves what it returns, so that a later call returns the same."),
                Row("MSG_TRUNC", "MSG_TRUNC is for packet, datagram, netlink and unix sockets."),
                Row("MSG_ERRQUEUE", "MSG_ERRQUEUE gives queued errors."),
                Row("end", "0 stands for an orderly shutdown, and for a request of no bytes."),
                Row("ECONNREFUSED", "ECONNREFUSED: the remote host refused the connection."),
                Row("SO_RCVTIMEO", "EAGAIN where a receive timeout had expired before data came."),
            ]),
        Document(
            "poll(2)", "Linux manual: wait for events", date: manPages,
            rows: [
                Row("POLLHUP", "POLLHUP: the peer has closed its end of the channel."),
                Row("POLLRDHUP", "POLLRDHUP: the peer has closed or shut down writing."),
                Row("POLLOUT", "POLLOUT: writing is possible, though a larger write may still block."),
                Row("POLLPRI", "POLLPRI: there is urgent data."),
                Row("POLLNVAL", "POLLNVAL for a descriptor that is not open; negative ones are ignored."),
            ]),
        Document(
            "epoll(7)", "Linux manual: I/O event notification", date: manPages,
            rows: [
                Row("EPOLLET", "Edge-triggered: an event for each chunk of data that arrives."),
                Row("EPOLLONESHOT", "EPOLLONESHOT: no event after the first until the descriptor is armed again."),
            ]),
        Document(
            "ip(7)", "Linux manual: IPv4", date: manPages,
            rows: [
                Row("IP_BIND_ADDRESS_NO_PORT", "IP_BIND_ADDRESS_NO_PORT leaves the choice of the port to connect()."),
                Row("IP_LOCAL_PORT_RANGE", "IP_LOCAL_PORT_RANGE narrows the range of ephemeral ports for a socket."),
                Row("IP_FREEBIND", "IP_FREEBIND lets a foreign address be bound."),
                Row(
                    "IP_TRANSPARENT", "IP_TRANSPARENT lets a foreign address be bound and used; it needs CAP_NET_ADMIN."
                ),
                Row("IP_MINTTL", "IP_MINTTL drops what arrives with a lower time to live."),
                Row("IP_TTL", "IP_TTL sets the time to live."),
                Row("IP_TOS", "IP_TOS sets the type of service."),
                Row("IP_MTU", "IP_MTU gives the path MTU of a connected socket."),
                Row("IP_MTU_DISCOVER", "IP_MTU_DISCOVER decides about the DF flag."),
                Row("IP_OPTIONS", "IP_OPTIONS sets the options of outgoing packets."),
                Row("IP_RECVERR", "IP_RECVERR queues errors; for TCP it passes them at once."),
                Row(
                    "ephemeral ports",
                    "Where ephemeral ports are exhausted, bind() and connect() differ in what they return."),
            ]),
    ]
}
