import Acts
import Lab
import Packets
import Worker

let shuttingDownMutations = [
    Mutation(
        "shutdown.wr-ignores-refcount", "shutdown() heeds the other reference", .shutdown(on: .a) { .close($0) },
        says: "the wire carries FIN> seq=1 ack=1", "nothing"),
    Mutation(
        "shutdown.wr-ignores-refcount", "no signal comes unless it is asked for",
        .call { _, request in
            if case .setSignal(let number, .standard) = request { .setSignal(number, .ignored) } else { nil }
        }, says: "on client (child) is killed by SIGPIPE", "EPIPE"),

    Mutation(
        "shutdown.wr-write-error", "shutdown() closes the other direction",
        .shutdown(on: .a) { .shutdown($0, shutRead) },
        says: "client FIN_WAIT1 owned", "seen client ESTABLISHED"),
    Mutation(
        "shutdown.wr-write-error", "no signal is raised",
        .call { _, request in
            if case .setSignal(let number, .handled) = request { .setSignal(number, .ignored) } else { nil }
        }, says: "on client fails with EPIPE with SIGPIPE", "EPIPE"),
    Mutation(
        "shutdown.wr-write-error", "both directions are closed", .shutdown(on: .a) { .shutdown($0, shutBoth) },
        says: "on client reports OUT", "seen returned IN|OUT"),

    Mutation(
        "shutdown.wr-flush", "the FIN goes before the rest", .turn("DATA>", into: [.FIN, .ACK], 10...10),
        says: "ten segments of 1448 bytes, then the first again, no FIN", "DATA/FIN>"),
    Mutation(
        "shutdown.wr-flush", "the FIN is sent apart",
        .replace("DATA/FIN>") {
            var data = $0
            data.flags = [.ACK]
            return [data]
        }, says: "the FIN rides on the last segment only", "FIN>"),
    Mutation(
        "shutdown.wr-flush", "shutdown() throws the buffer away",
        .call { host, request in
            if host == .a, case .sendFill(let fd, let byte, let count, let flags) = request {
                .sendFill(fd, byte, count: count / 3, flags)
            } else {
                nil
            }
        }, says: "on client returns 30000", "returned 10000"),

    Mutation(
        "shutdown.rd-new-data", "what arrives is thrown away, as the documents have it",
        .call { host, request in
            if host == .b, case .poll(let fd) = request { .receive(fd, count: 100, []) } else { nil }
        }, says: "on server reports IN|OUT|RDHUP", "later"),
    Mutation(
        "shutdown.rd-new-data", "both directions are closed", .shutdown(on: .b) { .shutdown($0, shutBoth) },
        says: "client ESTABLISHED owned timer off", "seen client"),

    Mutation(
        "shutdown.rd-eof", "shutdown() does nothing", .shutdown(on: .b) { .poll($0) },
        says: "recv(", "on server returns", "still blocked"),
    Mutation(
        "shutdown.rd-eof", "the peer is told", .shutdown(on: .b) { .shutdown($0, shutBoth) },
        says: "the wire carries nothing", "<FIN"),

    Mutation(
        "shutdown.rdwr", "only the sending side is closed", .shutdown(on: .a) { .shutdown($0, shutWrite) },
        says: "on client reports IN|OUT|HUP|RDHUP", "seen returned OUT"),
    Mutation(
        "shutdown.rdwr", "late data is not answered", .swallow("RST>"),
        says: "the wire carries <DATA seq=1 ack=2 len=4, RST> seq=2", "<DATA"),
    Mutation(
        "shutdown.rdwr", "late data is acknowledged", .turn("RST>", into: .ACK),
        says: "the wire carries <DATA seq=1 ack=2 len=4, RST> seq=2", "ACK>"),
]

let shutdownCallMutations = [
    Mutation(
        "shutdown.always-fin", "SHUT_RD sends a FIN, as the documents have it",
        .shutdown(on: .b) { .shutdown($0, shutBoth) },
        says: "the wire carries nothing", "<FIN"),
    Mutation(
        "shutdown.always-fin", "two FINs are sent", .double("FIN>"),
        says: "the wire carries FIN> seq=1 ack=1, <ACK seq=1 ack=2", "FIN>"),

    Mutation(
        "shutdown.return-values", "another error is given", .shutdown(on: .a) { .shutdown($0, 3) },
        says: "on fresh fails with ENOTCONN", "EINVAL"),
    Mutation(
        "shutdown.return-values", "the pipe is a socket",
        .call { _, request in request == .pipe ? .socket(family: 2, type: 1, protocol: 6) : nil },
        says: "fails with ENOTSOCK", "ENOTCONN"),

    Mutation(
        "shutdown.needs-close", "shutdown() closes", .shutdown(on: .a) { .close($0) },
        says: "client FIN_WAIT2 owned timer off", "seen client FIN_WAIT2 minisock"),
    Mutation(
        "shutdown.needs-close", "the second FIN never comes", .swallow("<FIN"),
        says: "client TIME_WAIT minisock", "seen client FIN_WAIT2"),

    Mutation(
        "shutdown.listener", "shutdown() closes", .shutdown(on: .b) { .close($0) },
        says: "listener LISTEN owned", "listener has no row"),
    Mutation(
        "shutdown.listener", "shutdown() does nothing", .shutdown(on: .b) { .poll($0) },
        says: "accept(", "on listener (acceptor) returns", "still blocked"),

    Mutation(
        "shutdown.wakes-blocked-calls", "the FIN wakes nobody", .swallow("FIN>"),
        says: "on server FIN (reader) returns", "still blocked"),
    Mutation(
        "shutdown.wakes-blocked-calls", "the reset wakes nobody", .swallow("RST/ACK>"),
        says: "on server RST (reader) returns", "still blocked"),
    Mutation(
        "shutdown.wakes-blocked-calls", "SHUT_RD wakes nobody",
        .shutdown(on: .b) { .shutdown($0, shutWrite) },
        says: "on server SHUT_RD (reader) returns", "still blocked"),
]
