package import Acts
internal import Worker

/// A process on one of the hosts.
package struct Process: Sendable {
    package let name: String
    package let host: Host

    /// A new TCP socket.
    package func socket(
        _ label: String, v6: Bool? = nil, file: StaticString = #fileID, line: Int = #line
    ) -> Socket {
        let socket = Socket(name: attempt.name(label), host: host, process: name)
        perform(.process(name, .socket(as: socket.name, v6: v6)), file, line)
        return socket
    }

    /// A new socket of IPPROTO_MPTCP; skips where the kernel has none.
    package func mptcpSocket(_ label: String, file: StaticString = #fileID, line: Int = #line) -> Socket {
        let socket = Socket(name: attempt.name(label), host: host, process: name)
        perform(.process(name, .mptcpSocket(as: socket.name)), file, line)
        return socket
    }

    /// Connects so many sockets that have no names of their own, which would only cost time, and has each accepted.
    package func connects(
        _ count: Int, to listener: Socket, port: UInt16 = 5000, file: StaticString = #fileID, line: Int = #line
    ) {
        let act = ProcessAct.connect(count, to: listener.host.port(port), listener: listener.name)
        perform(.process(name, act), file, line)
    }

    /// A listening socket on all addresses, with SO_REUSEADDR where nothing else is said.
    package func listen(
        _ label: String = "listener", port: UInt16 = 5000, backlog: Int32 = 16, receiveBuffer: Int32? = nil,
        reuseAddress: Bool = true, v6: Bool? = nil, file: StaticString = #fileID, line: Int = #line
    ) -> Socket {
        let socket = Socket(name: attempt.name(label), host: host, process: name)
        let act = ProcessAct.listen(
            as: socket.name, port: port, backlog: backlog, receiveBuffer: receiveBuffer, reuseAddress: reuseAddress,
            v6: v6)
        perform(.process(name, act), file, line)
        return socket
    }

    /// Forks it: the child has the same descriptors and makes calls of its own.
    package func fork(_ label: String, file: StaticString = #fileID, line: Int = #line) -> Process {
        let child = Process(name: attempt.name(label), host: host)
        perform(.process(name, .fork(as: child.name)), file, line)
        return child
    }

    /// What it does with a signal: `.standard`, `.ignored` or `.handled`.
    package func sets(
        _ signal: Signal, _ disposition: SignalDisposition, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.process(name, .signal(signal, disposition)), file, line)
    }

    /// Is sent a signal, as by kill(1) or Ctrl-C.
    package func isSent(_ signal: Signal, file: StaticString = #fileID, line: Int = #line) {
        perform(.process(name, .kill(signal)), file, line)
    }

    /// Raises a signal itself, which kills it.
    package func diesOf(_ signal: Signal, file: StaticString = #fileID, line: Int = #line) {
        perform(.process(name, .call(.raise(signal), .killedBy(signal))), file, line)
    }

    /// Calls _exit(2).
    package func exit(_ code: Int32 = 0, file: StaticString = #fileID, line: Int = #line) {
        perform(.process(name, .exit(code)), file, line)
    }

    /// Is stopped by SIGSTOP: it makes no more calls, and its sockets stay.
    package func stop(file: StaticString = #fileID, line: Int = #line) {
        perform(.process(name, .stop), file, line)
    }

    /// Goes on after `stop`.
    package func resume(file: StaticString = #fileID, line: Int = #line) {
        perform(.process(name, .resume), file, line)
    }

    /// Has ended, by this.
    package func ends(_ end: ProcessEnd, file: StaticString = #fileID, line: Int = #line) {
        perform(.process(name, .ends(end)), file, line)
    }

    /// Makes a call that belongs to no socket; gives what it returns.
    @discardableResult
    package func calls(
        _ call: ProcessCall, fails errno: Errno? = nil, file: StaticString = #fileID, line: Int = #line
    ) throws -> Int64 {
        let outcome: Outcome = errno.map { .fails($0, signals: []) } ?? .any
        return try attempt.result(of: .process(name, .call(call, outcome)), at: SourceLocation(file, line))
    }
}
