import Acts
import Lab
import Linux
import Packets
import Worker

let timeWaitMutations = [
    Mutation(
        "timewait.timer-visible", "FIN_WAIT2 lasts a few seconds", .setting("tcp_fin_timeout", "5"),
        says: "server FIN_WAIT2 minisock timer timewait expires 40.0", "seen server FIN_WAIT2 minisock"),
    Mutation(
        "timewait.timer-visible", "the process catches the signal",
        .call { host, request in
            if host == .b, case .raise(let number) = request { .setSignal(number, .ignored) } else { nil }
        }, says: "is killed by SIGINT", "returned 0"),
    Mutation(
        "timewait.timer-visible", "the second FIN never comes", .swallow("FIN>"),
        says: "server TIME_WAIT minisock timer timewait", "seen server FIN_WAIT2 minisock"),

    Mutation(
        "timewait.active-closer-only", "TIME_WAIT is assassinated (RFC 1337)",
        .replace("<FIN", 1...1) { [$0, $0.followingReset] }, says: "client TIME_WAIT minisock", "client has no row"),
    Mutation(
        "timewait.active-closer-only", "an abort closes in order", .gracefully(),
        says: "the wire carries RST/ACK>", "FIN>"),
    Mutation(
        "timewait.active-closer-only", "no TIME_WAIT is kept at all", .setting("tcp_max_tw_buckets", "0"),
        says: "client TIME_WAIT minisock", "client has no row"),

    Mutation(
        "timewait.bucket-limit", "a late FIN is acknowledged", .turn("RST>", into: .ACK),
        says: "no row of server 3 in netlink", "LAST_ACK"),
    Mutation(
        "timewait.bucket-limit", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "client 1 FIN_WAIT1 orphan", "seen client 1 FIN_WAIT1 timer retransmit"),

    Mutation(
        "timewait.bind-in-use", "bind() does not mind TIME_WAIT", .bindElsewhere(on: .b, from: 2),
        says: "bind(", "on new socket fails with EADDRINUSE", "returned 0"),
    Mutation(
        "timewait.bind-in-use", "TIME_WAIT keeps every address", .bindAnywhere(),
        says: "bind(", "on new socket 3 returns 0", "EADDRINUSE"),
    Mutation(
        "timewait.bind-in-use", "a reset does not end TIME_WAIT", .setting("tcp_rfc1337", "1"),
        says: "no row of server in netlink", "server TIME_WAIT minisock"),

    Mutation(
        "timewait.fin-wait2-bind-in-use", "bind() does not mind FIN_WAIT2", .bindElsewhere(on: .b, from: 2),
        says: "bind(", "on new socket fails with EADDRINUSE", "returned 0"),
    Mutation(
        "timewait.fin-wait2-bind-in-use", "FIN_WAIT2 lasts longer", .setting("tcp_fin_timeout", "30"),
        says: "the timer of server is set for 4.95", "s (FIN_WAIT2 minisock"),

    Mutation(
        "timewait.reuseaddr", "the new socket's SO_REUSEADDR is enough, as the documents have it",
        .bindElsewhere(on: .b, from: 3), says: "bind(", "on new listener fails with EADDRINUSE", "returned 0"),
    Mutation(
        "timewait.reuseaddr", "SO_REUSEADDR does nothing", .option(.SO_REUSEADDR, 0),
        says: "bind(", "on new listener 4 returns 0", "EADDRINUSE"),

    Mutation(
        "timewait.client-ephemeral", "the client has to take the same port",
        .setting("ip_local_port_range", "30000 30000"),
        says: "connect(", "on client 2 returns 0", "EADDRNOTAVAIL"),
    Mutation(
        "timewait.client-ephemeral", "a bound port may be taken again", .bindElsewhere(on: .a, from: 2),
        says: "bind(", "on bound client again fails with EADDRINUSE", "returned 0"),
]

let timeWaitSegmentMutations = [
    Mutation(
        "timewait.new-syn-higher", "TIME_WAIT acknowledges the SYN and stays", .turn("<SYN/ACK", into: .ACK, 2...2),
        says: "the wire carries SYN> seq=0, <SYN/ACK seq=0 ack=1, ACK> seq=1 ack=1", "SYN> <ACK"),
    Mutation(
        "timewait.new-syn-higher", "the new numbers begin anywhere", .renumbered(),
        says: "B's new initial sequence number is 65537 above its last one", "above: 100065537"),

    Mutation(
        "timewait.new-syn-lower", "TIME_WAIT ignores the SYN", .swallow("<ACK seq=2 ack=2", 2...2),
        says: "the wire carries <ACK seq=2 ack=2", "nothing"),
    Mutation(
        "timewait.new-syn-lower", "TIME_WAIT lets any SYN in", .turn("<ACK seq=2 ack=2", into: [.SYN, .ACK], 2...2),
        says: "the wire carries <ACK seq=2 ack=2", "<SYN/ACK"),
    Mutation(
        "timewait.new-syn-lower", "a reset does not end TIME_WAIT", .setting("tcp_rfc1337", "1"),
        says: "connect(", "on new client returns", "still blocked"),

    Mutation(
        "timewait.reconnect-blocked", "nobody connects again, as the documents have it",
        .setting("tcp_timestamps", "0"), says: "connect(", "on loopback client again returns 0", "EADDRNOTAVAIL"),
    Mutation(
        "timewait.reconnect-blocked", "connecting at once is not stopped",
        .connectElsewhere(from: 2), says: "connect(", "on client at once fails with EADDRNOTAVAIL", "ECONNREFUSED"),
    Mutation(
        "timewait.reconnect-blocked", "a bound port is kept as well", .option(.SO_REUSEADDR, 0),
        says: "bind(", "succeeds", "EADDRINUSE"),

    Mutation(
        "timewait.old-duplicate", "old data is not answered", .swallow("ACK> seq=2 ack=10", 2...2),
        says: "the wire carries ACK> seq=2 ack=10, ACK> seq=2 ack=10", "saw nothing more"),
    Mutation(
        "timewait.old-duplicate", "every segment is answered", .setting("tcp_invalid_ratelimit", "0"),
        says: "counters of A InSegs +3, OutSegs +2", "OutSegs +3"),
    Mutation(
        "timewait.old-duplicate", "old data is answered by RST", .turn("ACK> seq=2 ack=10", into: .RST, 2...Int.max),
        says: "the wire carries ACK> seq=2 ack=10, ACK> seq=2 ack=10", "RST>"),

    Mutation(
        "timewait.old-duplicate-new-connection", "old data is taken, as the documents have it",
        .call { host, request in
            guard host == .b, case .receive(let fd, let count, .MSG_DONTWAIT) = request else { return nil }
            return .getOption(fd, .SO_ERROR, capacity: count)
        }, says: "on new server fails with EAGAIN", "returned 0"),
    Mutation(
        "timewait.old-duplicate-new-connection", "the duplicate is not reported", .setting("tcp_dsack", "0"),
        says: "the wire carries <ACK seq=1 ack=1 dsack", "it reports no duplicate"),
    Mutation(
        "timewait.old-duplicate-new-connection", "the duplicate is not answered", .swallow("<ACK dsack"),
        says: "the wire carries <ACK seq=1 ack=1 dsack", "nothing"),

    Mutation(
        "timewait.rst-assassination", "TIME_WAIT has been assassinated already",
        .replace("<FIN", 1...1) { [$0, $0.followingReset] }, says: "client TIME_WAIT minisock", "client has no row"),
    Mutation(
        "timewait.rst-assassination", "the second FIN never comes", .swallow("<FIN"),
        says: "client TIME_WAIT minisock", "FIN_WAIT2"),

    Mutation(
        "timewait.self-assassination", "old data is not answered", .swallow("ACK> seq=2 ack=10", 2...2),
        says: "the wire carries ACK> seq=2 ack=10, <RST seq=10", "nothing"),
    Mutation(
        "timewait.self-assassination", "a host without the connection keeps silent", .swallow("<RST"),
        says: "the wire carries ACK> seq=2 ack=10, <RST seq=10", "ACK>"),
]

extension FaultInjection {
    /// From the given bind(2) of a host on, another port is bound, which is always free.
    fileprivate static func bindElsewhere(on host: HostName, from place: Int) -> FaultInjection {
        let counter = Counter()
        return call { from, request in
            guard from == host, case .bind(let fd, let address) = request, counter.next() >= place else { return nil }
            return .bind(fd, SocketAddress(address.ip, address.port + 100))
        }
    }

    /// From the given connect(2) of A on, it goes to a port where nobody listens.
    fileprivate static func connectElsewhere(from place: Int) -> FaultInjection {
        let counter = Counter()
        return call { from, request in
            guard from == .a, case .connect(let fd, let address) = request, counter.next() >= place else { return nil }
            return .connect(fd, SocketAddress(address.ip, 9))
        }
    }

    /// B's numbers are a million higher than they are, from its second connection on.
    fileprivate static func renumbered() -> FaultInjection {
        let connections = Counter()
        var faults = FaultInjection()
        faults.segments = { entry in
            var segment = entry.segment
            if segment.isSYNACK { _ = connections.next() }
            guard connections.value > 1 else { return [segment] }
            if entry.from == .b { segment.sequence &+= 100_000_000 } else { segment.acknowledgement &-= 100_000_000 }
            return [segment]
        }
        return faults
    }

    /// SO_LINGER does not linger.
    fileprivate static func gracefully() -> FaultInjection {
        call { _, request in
            guard case .setOption(let fd, .SO_LINGER, let value) = request else { return nil }
            return .setOption(fd, .SO_LINGER, value.map { _ in 0 })
        }
    }

    /// Binding one address asks for all of them.
    fileprivate static func bindAnywhere() -> FaultInjection {
        call { _, request in
            guard case .bind(let fd, let address) = request, address.ip == IPAddress(127, 0, 0, 1) else { return nil }
            return .bind(fd, SocketAddress(.anyV4, address.port))
        }
    }
}
