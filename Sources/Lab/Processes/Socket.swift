package import Acts
package import Linux
package import Worker

/// A TCP socket of a worker process.
///
/// Calls named after system calls insist on success and end the scenario otherwise; `ask` makes the same call and
/// leaves the judgement to the scenario; `begin` does not even wait for the answer.
package final class Socket {
    package let label: String
    package let descriptor: Int32
    package let process: WorkerProcess
    /// How netlink names it; the cookie stays the same when the socket becomes a minisock.
    var identity: (cookie: UInt64, inode: UInt64) = (0, 0)
    /// When the scenario came to know it; an accepted socket's life began before.
    private(set) var known = Instant.now
    /// Both ends, as far as they are known.
    package internal(set) var local: SocketAddress?
    package internal(set) var remote: SocketAddress?

    init(_ label: String, descriptor: Int32, process: WorkerProcess) {
        self.label = label
        self.descriptor = descriptor
        self.process = process
    }

    package var host: Host { process.host }

    /// The same socket in a process that was forked from its owner.
    package func shared(with process: WorkerProcess, as label: String) -> Socket {
        let twin = Socket(label, descriptor: descriptor, process: process)
        twin.identity = identity
        twin.known = known
        twin.local = local
        twin.remote = remote
        return twin
    }

    /// A second descriptor of the same socket, by dup(2).
    package func duplicate(_ label: String, file: StaticString = #fileID, line: Int = #line) throws -> Socket {
        let answer = try insist(.duplicate(descriptor), file, line)
        let twin = Socket(label, descriptor: Int32(answer.result), process: process)
        twin.identity = identity
        twin.known = known
        twin.local = local
        twin.remote = remote
        return twin
    }

    // MARK: Calls that must succeed

    package func bind(_ address: SocketAddress, file: StaticString = #fileID, line: Int = #line) throws {
        try insist(.bind(descriptor, address), file, line)
        local = address
    }

    package func listen(backlog: Int32 = 16, file: StaticString = #fileID, line: Int = #line) throws {
        try insist(.listen(descriptor, backlog: backlog), file, line)
    }

    package func connect(_ address: SocketAddress, file: StaticString = #fileID, line: Int = #line) throws {
        try insist(.connect(descriptor, address), file, line)
        try learnNames()
    }

    /// Takes the next connection off the accept queue, waiting for it.
    package func accept(_ label: String, file: StaticString = #fileID, line: Int = #line) throws -> Socket {
        try accepted(try insist(.accept(descriptor), file, line), as: label)
    }

    /// The connection that a call of accept(2) has taken off the queue.
    package func accepted(_ answer: Answer, as label: String) throws -> Socket {
        guard answer.result >= 0 else { throw ScenarioStop.harness("no connection was accepted: \(answer.words)") }
        let socket = try process.adopt(descriptor: Int32(answer.result), label: label)
        // A connection that has ended meanwhile has no peer any more, but accept(2) has told who it was.
        socket.remote = answer.reply?.address
        try socket.learnNames()
        return socket
    }

    package func send(
        _ text: String, _ flags: MessageFlags = [], file: StaticString = #fileID, line: Int = #line
    ) throws {
        let bytes = Array(text.utf8)
        let answer = try insist(.send(descriptor, bytes, flags), file, line)
        try process.host.lab.require(answer, returns: Int64(bytes.count), file: file, line: line)
    }

    package func shutdown(_ how: ShutdownHow, file: StaticString = #fileID, line: Int = #line) throws {
        try insist(.shutdown(descriptor, how.rawValue), file, line)
    }

    package func close(file: StaticString = #fileID, line: Int = #line) throws {
        try insist(.close(descriptor), file, line)
    }

    package func set(
        _ option: SocketOption, _ value: Int32, file: StaticString = #fileID, line: Int = #line
    ) throws {
        try set(option, withUnsafeBytes(of: value) { Array($0) }, file: file, line: line)
    }

    /// Sets an option whose value is a structure.
    package func set(
        _ option: SocketOption, _ value: [UInt8], file: StaticString = #fileID, line: Int = #line
    ) throws {
        try insist(.setOption(descriptor, option, value), file, line)
    }

    /// SO_LINGER with `{1, seconds}`; with no time at all close(2) discards everything and resets.
    package func setLinger(seconds: Int32, file: StaticString = #fileID, line: Int = #line) throws {
        let value: [Int32] = [1, seconds]
        try set(.SO_LINGER, value.withUnsafeBytes { Array($0) }, file: file, line: line)
    }

    package func setNonblocking(_ on: Bool = true, file: StaticString = #fileID, line: Int = #line) throws {
        try insist(.setNonblocking(descriptor, on), file, line)
    }

    @discardableResult
    private func insist(_ request: Request, _ file: StaticString, _ line: Int) throws -> Answer {
        let answer = try process.begin(request, socket: self).answer(file: file, line: line)
        guard answer.death != nil || answer.errno != nil else { return answer }
        try process.host.lab.requirementFailed(
            expected: "\(answer.call.text) on \(label) succeeds", seen: answer.words, witnesses: ["errno"],
            location: process.host.lab.here(file, line))
    }

    // MARK: Calls whose outcome is the scenario's business

    package func ask(_ call: SocketCall) throws -> Answer { try begin(call).answer() }

    /// Asks for a call without waiting; it may block.
    package func begin(_ call: SocketCall) throws -> PendingCall {
        if case .connect(let address) = call { remote = address }
        return try process.begin(call.request(descriptor), socket: self)
    }

    /// Asks the kernel for both addresses, as far as it has them.
    package func learnNames() throws {
        local = try process.ask(.socketName(descriptor), socket: self).reply?.address ?? local
        remote = try process.ask(.peerName(descriptor), socket: self).reply?.address ?? remote
    }
}

/// A call on a socket, without the socket.
package enum SocketCall {
    case bind(SocketAddress)
    case connect(SocketAddress)
    /// connect(2) with AF_UNSPEC.
    case disconnect
    case listen(backlog: Int32)
    case accept
    case send(String, MessageFlags = [])
    case sendFill(UInt8, count: Int, MessageFlags = [])
    case recv(Int, MessageFlags = [])
    /// recv(2) with errno set before, to see whether the call touches it.
    case recvAfter(Errno, Int, MessageFlags = [])
    case write(String)
    case read(Int)
    case shutdown(ShutdownHow)
    case close
    case dup
    case poll
    case getsockname
    case getpeername
    case outputQueue
    case soError
    case tcpInfo
    /// Any option that is an integer.
    case getOption(SocketOption)
    case setOption(SocketOption, [UInt8])
    case setNonblocking(Bool)

    func request(_ fd: Int32) -> Request {
        switch self {
        case .bind(let address): .bind(fd, address)
        case .connect(let address): .connect(fd, address)
        case .disconnect: .disconnect(fd)
        case .listen(let backlog): .listen(fd, backlog: backlog)
        case .accept: .accept(fd)
        case .send(let text, let flags): .send(fd, Array(text.utf8), flags)
        case .sendFill(let byte, let count, let flags): .sendFill(fd, byte, count: count, flags)
        case .recv(let count, let flags): .receive(fd, count: count, flags)
        case .recvAfter(let errno, let count, let flags): .receiveAfterErrno(errno.rawValue, fd, count: count, flags)
        case .write(let text): .write(fd, Array(text.utf8))
        case .read(let count): .read(fd, count: count)
        case .shutdown(let how): .shutdown(fd, how.rawValue)
        case .close: .close(fd)
        case .dup: .duplicate(fd)
        case .poll: .poll(fd)
        case .getsockname: .socketName(fd)
        case .getpeername: .peerName(fd)
        case .outputQueue: .outputQueue(fd)
        case .soError: .getOption(fd, .SO_ERROR, capacity: 4)
        case .getOption(let option): .getOption(fd, option, capacity: 4)
        case .setOption(let option, let value): .setOption(fd, option, value)
        case .setNonblocking(let on): .setNonblocking(fd, on)
        case .tcpInfo: .getOption(fd, .TCP_INFO, capacity: 512)
        }
    }
}
