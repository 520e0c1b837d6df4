package import Acts
internal import Linux
internal import SockDiag
internal import Worker

/// A TCP socket, by the name it has in the scenario.
///
/// Verbs named after system calls must succeed, or the scenario ends; `calls` says how else a call is to end.
package struct Socket: Sendable {
    package let name: String
    package let host: Host
    let process: String

    /// The process that makes its calls.
    package var owner: Process { Process(name: process, host: host) }
    /// What it is bound to.
    package var local: Endpoint { .local(name) }
    /// What it is connected to.
    package var remote: Endpoint { .remote(name) }

    func perform(_ act: SocketAct, _ file: StaticString, _ line: Int) {
        attempt.perform(.socket(name, act), at: SourceLocation(file, line))
    }

    private func make(_ call: Call, _ file: StaticString, _ line: Int) {
        perform(.call(call, .succeeds), file, line)
    }

    // MARK: Calls that must succeed

    /// bind(2)
    package func bind(_ address: Endpoint, file: StaticString = #fileID, line: Int = #line) {
        make(.bind(address), file, line)
    }

    /// listen(2)
    package func listen(backlog: Int32 = 16, file: StaticString = #fileID, line: Int = #line) {
        make(.listen(backlog: backlog), file, line)
    }

    /// connect(2), which waits for the connection.
    package func connect(to address: Endpoint, file: StaticString = #fileID, line: Int = #line) {
        make(.connect(address), file, line)
    }

    /// connect(2) without waiting: the socket is made nonblocking, and the call fails with EINPROGRESS.
    package func beginConnecting(to address: Endpoint, file: StaticString = #fileID, line: Int = #line) {
        setNonblocking(file: file, line: line)
        calls(.connect(address), fails: .EINPROGRESS, file: file, line: line)
    }

    /// accept(2), which waits for a connection.
    package func accept(_ label: String, file: StaticString = #fileID, line: Int = #line) -> Socket {
        let socket = Socket(name: attempt.name(label), host: host, process: process)
        perform(.accept(as: socket.name), file, line)
        return socket
    }

    /// send(2) of all of a text.
    package func send(
        _ text: String, _ flags: MessageFlags = [], file: StaticString = #fileID, line: Int = #line
    ) {
        make(.send(text, flags), file, line)
    }

    /// shutdown(2)
    package func shutdown(_ how: ShutdownHow, file: StaticString = #fileID, line: Int = #line) {
        make(.shutdown(how), file, line)
    }

    /// close(2)
    package func close(file: StaticString = #fileID, line: Int = #line) { make(.close, file, line) }

    /// close(2) with SO_LINGER and no time at all, which discards everything and resets.
    package func abort(file: StaticString = #fileID, line: Int = #line) {
        setLinger(seconds: 0, file: file, line: line)
        close(file: file, line: line)
    }

    /// setsockopt(2) of an integer.
    package func set(
        _ option: SocketOption, _ value: Int32, file: StaticString = #fileID, line: Int = #line
    ) {
        make(.setOption(option, value), file, line)
    }

    /// SO_LINGER with `{1, seconds}`.
    package func setLinger(seconds: Int32, file: StaticString = #fileID, line: Int = #line) {
        make(.setLinger(seconds: seconds), file, line)
    }

    /// O_NONBLOCK
    package func setNonblocking(_ on: Bool = true, file: StaticString = #fileID, line: Int = #line) {
        make(.setNonblocking(on), file, line)
    }

    /// SO_KEEPALIVE; what is not given stays the kernel's own.
    ///
    /// The idle time comes last: with it probes begin, and the interval after the first is taken from what is set then.
    package func keepAlive(
        idle: Int32? = nil, interval: Int32? = nil, count: Int32? = nil, file: StaticString = #fileID,
        line: Int = #line
    ) {
        set(.SO_KEEPALIVE, 1, file: file, line: line)
        if let interval { set(.TCP_KEEPINTVL, interval, file: file, line: line) }
        if let count { set(.TCP_KEEPCNT, count, file: file, line: line) }
        if let idle { set(.TCP_KEEPIDLE, idle, file: file, line: line) }
    }

    /// dup(2): another descriptor of the same socket.
    package func duplicate(_ label: String, file: StaticString = #fileID, line: Int = #line) -> Socket {
        let twin = Socket(name: attempt.name(label), host: host, process: process)
        perform(.duplicate(as: twin.name), file, line)
        return twin
    }

    /// The same socket in a process that was forked from its owner.
    package func shared(
        with process: Process, as label: String, file: StaticString = #fileID, line: Int = #line
    ) -> Socket {
        let twin = Socket(name: attempt.name(label), host: host, process: process.name)
        perform(.share(with: process.name, as: twin.name), file, line)
        return twin
    }

    /// Its host forgets it as in a crash: the peer is told nothing, and nothing is left, not even the descriptor.
    package func crashes(file: StaticString = #fileID, line: Int = #line) { perform(.crash, file, line) }

    /// SOCK_DESTROY, as `ss -K` does, which must succeed; skips where the kernel was built without it.
    package func destroy(file: StaticString = #fileID, line: Int = #line) { perform(.destroy(.own), file, line) }

    /// SOCK_DESTROY, however it ends; gives the kernel's error, nil where it obeys.
    package func triesDestroy() throws -> Errno? {
        try attempt.ask { try $0.tryDestroy(name) }
    }

    /// Sends until the peer's window is closed and nothing more fits; gives how many bytes were taken.
    package func fill(file: StaticString = #fileID, line: Int = #line) throws -> Int {
        Int(try attempt.result(of: .socket(name, .fill(atMost: nil)), at: SourceLocation(file, line)))
    }

    /// Sends as much as is taken at once; gives how many bytes that is.
    package func fill(atMost count: Int, file: StaticString = #fileID, line: Int = #line) throws -> Int {
        Int(try attempt.result(of: .socket(name, .fill(atMost: count)), at: SourceLocation(file, line)))
    }
}

/// What reading gives.
package enum Received: ExpressibleByStringLiteral, Sendable {
    case text(String)
    /// recv(2) returns 0.
    case end
    /// There is nothing to read: EAGAIN with MSG_DONTWAIT.
    case nothing
    case error(Errno)

    package init(stringLiteral text: String) { self = .text(text) }
}
