internal import Acts
internal import Linux
internal import Worker

// Calls whose end is what the scenario is about.
extension Socket {
    /// Reads, once for each of these: a text, `.end`, `.nothing`, `.error(.ECONNRESET)`.
    package func receives(_ expected: Received..., file: StaticString = #fileID, line: Int = #line) {
        for one in expected {
            switch one {
            case .text(let text): calls(.recv(100), reads: text, file: file, line: line)
            case .end: calls(.recv(100), returns: 0, file: file, line: line)
            case .nothing: calls(.recv(100, .MSG_DONTWAIT), fails: .EAGAIN, file: file, line: line)
            case .error(let errno): calls(.recv(100), fails: errno, file: file, line: line)
            }
        }
    }

    /// Looks at what it would read, by recv(MSG_PEEK | MSG_DONTWAIT), once for each of these.
    package func peeks(_ expected: Received..., file: StaticString = #fileID, line: Int = #line) {
        let peek = Call.recv(100, [.MSG_PEEK, .MSG_DONTWAIT])
        for one in expected {
            switch one {
            case .text(let text): calls(peek, reads: text, file: file, line: line)
            case .end: calls(peek, returns: 0, file: file, line: line)
            case .nothing: calls(peek, fails: .EAGAIN, file: file, line: line)
            case .error(let errno): calls(peek, fails: errno, file: file, line: line)
            }
        }
    }

    /// Reads until the end; exactly so many bytes come before it.
    package func readsToEnd(_ count: Int, file: StaticString = #fileID, line: Int = #line) {
        perform(.readToEnd(count), file, line)
    }

    /// A call returns this.
    ///
    /// - Parameter time: how long it may be in the kernel.
    package func calls(
        _ call: Call, returns value: Int64, within time: ClosedRange<Duration>? = nil, file: StaticString = #fileID,
        line: Int = #line
    ) {
        perform(.call(call, .returns(value, within: time)), file, line)
    }

    /// A call reads exactly this.
    package func calls(_ call: Call, reads text: String, file: StaticString = #fileID, line: Int = #line) {
        perform(.call(call, .reads(text)), file, line)
    }

    /// A call fails, and a handled signal or none comes with it.
    package func calls(
        _ call: Call, fails errno: Errno, with signals: Signal..., file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.call(call, .fails(errno, signals: signals)), file, line)
    }

    /// The process is killed by a signal inside the call.
    package func calls(
        _ call: Call, killedBy signal: Signal, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.call(call, .killedBy(signal)), file, line)
    }

    /// A call gives an address: getsockname(2), getpeername(2).
    package func calls(
        _ call: Call, names address: Endpoint, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.call(call, .names(address)), file, line)
    }

    /// Makes a call, however it ends, and gives what it returned; for what kernels do differently.
    package func tries(_ call: Call, file: StaticString = #fileID, line: Int = #line) throws -> CallResult {
        let underWay = begins(call, file: file, line: line)
        return try underWay.result(file: file, line: line)
    }

    /// Makes a call without waiting for its end.
    package func begins(_ call: Call, file: StaticString = #fileID, line: Int = #line) -> CallUnderWay {
        let underWay = CallUnderWay(name: attempt.name("a call on \(name)"), socket: self)
        perform(.begin(call, as: underWay.name), file, line)
        return underWay
    }
}

/// A call that was made and need not have returned yet.
package struct CallUnderWay: Sendable {
    let name: String
    let socket: Socket

    private func perform(_ act: CallAct, _ file: StaticString, _ line: Int) {
        attempt.perform(.call(name, act), at: SourceLocation(file, line))
    }

    /// It sleeps in the kernel; waits until it does.
    package func isAsleep(file: StaticString = #fileID, line: Int = #line) { perform(.isAsleep, file, line) }

    /// It has not returned so far.
    package func isStillBlocked(file: StaticString = #fileID, line: Int = #line) {
        perform(.isBlocked, file, line)
    }

    /// It returns this.
    ///
    /// - Parameters:
    ///   - timer: how long the kernel timers take that it waits for.
    ///   - time: how long it may have been in the kernel.
    package func returns(
        _ value: Int64, after timer: Duration = .zero, within time: ClosedRange<Duration>? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.ends(.returns(value, within: time), after: timer), file, line)
    }

    /// It reads exactly this.
    package func reads(
        _ text: String, after timer: Duration = .zero, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.ends(.reads(text), after: timer), file, line)
    }

    /// It fails.
    package func fails(
        _ errno: Errno, with signals: Signal..., after timer: Duration = .zero, file: StaticString = #fileID,
        line: Int = #line
    ) {
        perform(.ends(.fails(errno, signals: signals), after: timer), file, line)
    }

    /// It is accept(2), and gives a connection.
    package func accepts(
        _ label: String, after timer: Duration = .zero, file: StaticString = #fileID, line: Int = #line
    ) -> Socket {
        let accepted = Socket(name: attempt.name(label), host: socket.host, process: socket.process)
        perform(.accepts(as: accepted.name, after: timer), file, line)
        return accepted
    }

    /// Whether it has returned.
    package var hasReturned: Bool { get throws { try attempt.ask { try $0.hasReturned(name) } } }

    /// How it ended, waiting for that.
    package func result(
        after timer: Duration = .zero, file: StaticString = #fileID, line: Int = #line
    ) throws -> CallResult {
        try attempt.ask { try $0.result(of: name, after: timer, at: SourceLocation(file, line)) }
    }
}
