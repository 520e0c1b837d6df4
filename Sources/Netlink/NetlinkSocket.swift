internal import CMnl
package import Linux

/// A netlink socket, for ever in the network namespace that the calling thread was in when it was made.
///
/// It is not thread-safe. The kernel works on a request inside `sendto(2)`, so no call here waits for anything.
package final class NetlinkSocket {
    /// A netlink protocol.
    package struct Bus: Hashable, Sendable {
        let number: Int32
        let name: String

        /// Links, addresses, neighbours, routes, queueing disciplines: rtnetlink(7).
        package static let route = Bus(number: NETLINK_ROUTE, name: "NETLINK_ROUTE")
        /// The kernel's view of sockets: sock_diag(7).
        package static let socketDiagnostics = Bus(number: NETLINK_SOCK_DIAG, name: "NETLINK_SOCK_DIAG")
    }

    private let handle: OpaquePointer
    private let port: UInt32
    private var sequence: UInt32 = 0
    private let buffer: UnsafeMutableRawBufferPointer

    /// netlink_dump() of af_netlink.c fills at most 32 KB at a time, so no datagram is cut.
    private static let capacity = 32768
    /// A dump that another writer changed under us is asked for again this often.
    private static let dumpAttempts = 5

    /// Opens and binds a socket. Throws the error of `socket(2)`, `bind(2)` or `setsockopt(2)`.
    package init(_ bus: Bus) throws(SystemError) {
        guard let handle = mnl_socket_open2(bus.number, SocketSymbol.SOCK_CLOEXEC) else {
            throw SystemError("open \(bus.name)")
        }
        self.handle = handle
        buffer = .allocate(byteCount: Self.capacity, alignment: MemoryLayout<UInt64>.alignment)
        guard mnl_socket_bind(handle, 0, MNL_SOCKET_AUTOPID) == 0 else {
            let error = SystemError("bind \(bus.name)")
            mnl_socket_close(handle)
            buffer.deallocate()
            throw error
        }
        port = mnl_socket_get_portid(handle)
        try set(NETLINK_EXT_ACK, "NETLINK_EXT_ACK")
        try set(NETLINK_CAP_ACK, "NETLINK_CAP_ACK")
    }

    deinit {
        mnl_socket_close(handle)
        buffer.deallocate()
    }

    /// The descriptor, for `poll(2)`. The socket keeps it.
    package var descriptor: Int32 { mnl_socket_get_fd(handle) }

    /// Sends all requests in one datagram and takes one acknowledgement for each.
    ///
    /// Throws the error of the first request that the kernel refused, naming it. The kernel carries out the others
    /// all the same: a batch saves system calls, it is no transaction.
    package func perform(_ requests: [NetlinkMessage]) throws(SystemError) {
        guard !requests.isEmpty else { return }
        let first = sequence &+ 1
        var datagram: [UInt8] = []
        for request in requests {
            sequence &+= 1
            datagram += request.stamped(sequence: sequence, flags: NLM_F_ACK)
        }
        let purpose = requests.count == 1 ? requests[0].purpose : "\(requests.count) requests"
        try send(datagram, purpose)

        var verdicts = [NetlinkVerdict?](repeating: nil, count: requests.count)
        var missing = requests.count
        while missing > 0 {
            for reply in NetlinkReplies(try receive(purpose)) {
                guard let position = reply.request(from: first, count: requests.count, port: port),
                    verdicts[position] == nil, let verdict = NetlinkVerdict(reply)
                else { continue }
                verdicts[position] = verdict
                missing -= 1
            }
        }
        for (request, verdict) in zip(requests, verdicts) {
            if let errno = verdict?.errno { throw SystemError(request.purpose, errno, detail: verdict?.detail) }
        }
    }

    /// Asks for one object and parses the answer's payload. Throws the kernel's error or that of `parse`.
    package func get<Row>(_ request: NetlinkMessage, _ parse: (UnsafeRawBufferPointer) throws -> Row) throws -> Row {
        sequence &+= 1
        try send(request.stamped(sequence: sequence, flags: 0), request.purpose)
        while true {
            for reply in NetlinkReplies(try receive(request.purpose)) {
                guard reply.request(from: sequence, count: 1, port: port) != nil else { continue }
                if let verdict = NetlinkVerdict(reply) {
                    guard let errno = verdict.errno else {
                        throw MalformedMessage("\(request.purpose): an empty answer")
                    }
                    throw SystemError(request.purpose, errno, detail: verdict.detail)
                }
                return try parse(reply.payload)
            }
        }
    }

    /// Asks for a table and parses each row's payload; rows for which `parse` gives nil are left out.
    ///
    /// A table that changed while it was read (`NLM_F_DUMP_INTR`) is read again. Throws the kernel's error, the first
    /// of `parse`, or `EINTR` when the table never kept still.
    package func dump<Row>(
        _ request: NetlinkMessage, _ parse: (UnsafeRawBufferPointer) throws -> Row?
    ) throws -> [Row] {
        for _ in 0..<Self.dumpAttempts {
            if let rows = try dumpOnce(request, parse) { return rows }
        }
        throw SystemError("\(request.purpose), interrupted \(Self.dumpAttempts) times", .EINTR)
    }

    /// One pass over the table; nil when it changed meanwhile.
    private func dumpOnce<Row>(
        _ request: NetlinkMessage, _ parse: (UnsafeRawBufferPointer) throws -> Row?
    ) throws -> [Row]? {
        sequence &+= 1
        try send(request.stamped(sequence: sequence, flags: NLM_F_DUMP), request.purpose)
        var rows: [Row] = []
        var interrupted = false
        var failure: (any Error)?
        while true {
            for reply in NetlinkReplies(try receive(request.purpose)) {
                guard reply.request(from: sequence, count: 1, port: port) != nil else { continue }
                interrupted = interrupted || reply.flags & UInt16(NLM_F_DUMP_INTR) != 0
                if let verdict = NetlinkVerdict(reply) {
                    if let errno = verdict.errno { throw SystemError(request.purpose, errno, detail: verdict.detail) }
                    if let failure { throw failure }
                    return interrupted ? nil : rows
                }
                // Read on to the end after a bad row: while a dump is running the kernel answers EBUSY to the next.
                guard failure == nil else { continue }
                do {
                    if let row = try parse(reply.payload) { rows.append(row) }
                } catch {
                    failure = error
                }
            }
        }
    }

    private func set(_ option: Int32, _ name: String) throws(SystemError) {
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard mnl_socket_setsockopt(handle, option, &on, size) == 0 else { throw SystemError("setsockopt \(name)") }
    }

    private func send(_ datagram: [UInt8], _ purpose: String) throws(SystemError) {
        while mnl_socket_sendto(handle, datagram, datagram.count) < 0 {
            if Errno.current != .EINTR { throw SystemError("\(purpose): send") }
        }
    }

    /// The next datagram, in the buffer. Throws the error of `recvmsg(2)`.
    private func receive(_ purpose: String) throws(SystemError) -> UnsafeRawBufferPointer {
        while true {
            let count = mnl_socket_recvfrom(handle, buffer.baseAddress, buffer.count)
            if count >= 0 { return UnsafeRawBufferPointer(rebasing: buffer[..<count]) }
            if Errno.current != .EINTR { throw SystemError("\(purpose): receive") }
        }
    }
}
