package import Acts
package import Linux
package import SockDiag
internal import Packets
internal import Record
package import Tracing
internal import Worker

// Expectations on calls, paths, counters and measurements. `expect` goes on after a failure, `require` does not.
extension Lab {
    // MARK: Calls

    /// Expects the call's return value.
    package func expect(
        _ answer: Answer, returns value: Int64, file: StaticString = #fileID, line: Int = #line
    ) {
        judge(
            answer, "returns \(value)", answer.errno == nil && answer.death == nil && answer.result == value, file, line
        )
    }

    /// Requires the call's return value.
    package func require(
        _ answer: Answer, returns value: Int64, file: StaticString = #fileID, line: Int = #line
    ) throws {
        expect(answer, returns: value, file: file, line: line)
        if answer.result != value { throw ScenarioStop.failed }
    }

    /// Expects the call to have been in the kernel for so long.
    package func expect(
        _ answer: Answer, takes bounds: ClosedRange<Duration>, file: StaticString = #fileID, line: Int = #line
    ) {
        guard let took = answer.took else { return }
        expect(
            "\(subject(answer)) takes", lasted: took, within: bounds, witnesses: ["call"], file: file, line: line)
    }

    /// Expects the call to read exactly this.
    package func expect(
        _ answer: Answer, reads text: String, file: StaticString = #fileID, line: Int = #line
    ) {
        judge(
            answer, "reads \(quote(Array(text.utf8)))", answer.result >= 0 && answer.output == Array(text.utf8), file,
            line)
    }

    /// Expects the call to fail, and a handled signal or none to come with it.
    package func expect(
        _ answer: Answer, fails errno: Errno, signals: [Int32] = [], file: StaticString = #fileID, line: Int = #line
    ) {
        let with = signals.isEmpty ? "" : " with " + signals.map(signalSymbol).joined(separator: " ")
        claimReset(told: answer.errno, by: answer.call.socket)
        judge(
            answer, "fails with \(errno.symbol)" + with, answer.errno == errno && answer.signals == signals, file, line)
    }

    /// Expects the process to be killed by a signal inside the call; the wait status and the call agree.
    package func expect(
        _ answer: Answer, killedBy signal: Int32, file: StaticString = #fileID, line: Int = #line
    ) {
        let status = answer.call.process.status
        record(
            passed: answer.death == .killed(signal) && status == .killed(signal),
            expected: "\(subject(answer)) is killed by \(signalSymbol(signal))", seen: answer.words,
            witnesses: ["wait status", "call"], location: here(file, line))
    }

    /// Expects the process to end inside the call with this exit code; the wait status and the call agree.
    package func expect(
        _ answer: Answer, exits code: Int32, file: StaticString = #fileID, line: Int = #line
    ) {
        record(
            passed: answer.death == .exited(code) && answer.call.process.status == .exited(code),
            expected: "\(subject(answer)) ends the process with exit \(code)", seen: answer.words,
            witnesses: ["wait status", "call"], location: here(file, line))
    }

    /// Expects SO_ERROR to hold this error; nil is none.
    package func expect(
        _ socket: Socket, soError errno: Errno?, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let answer = try socket.ask(.soError)
        claimReset(told: answer.integer.map { Errno(rawValue: $0) }, by: socket)
        judge(answer, "gives \(errno?.symbol ?? "0")", answer.integer == errno?.rawValue ?? 0, file, line)
    }

    /// Expects poll(2) to report exactly these bits.
    package func expect(
        _ socket: Socket, polls events: PollEvents, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let answer = try socket.ask(.poll)
        judge(answer, "reports \(events)", answer.result == Int64(events.rawValue), file, line)
    }

    /// Expects the state that TCP_INFO gives.
    package func expect(
        _ socket: Socket, tcpInfo state: TCPState, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let answer = try socket.ask(.tcpInfo)
        let seen = answer.output.first.flatMap(TCPState.init(rawValue:))
        record(
            passed: seen == state, expected: "TCP_INFO of \(socket.label) is \(state)",
            seen: seen?.description ?? answer.words, witnesses: ["TCP_INFO"], location: here(file, line))
    }

    /// Expects a call not to have returned yet.
    package func expectBlocked(_ call: PendingCall, file: StaticString = #fileID, line: Int = #line) throws {
        _ = try wait(until: .now) { call.isDone }
        record(
            passed: !call.isDone, expected: "\(call.text) on \(call.socket?.label ?? "") is still blocked",
            seen: call.outcome.map { Answer(call: call, outcome: $0).words } ?? "blocked", witnesses: ["call"],
            location: here(file, line))
    }

    private func judge(
        _ answer: Answer, _ expected: String, _ passed: Bool, _ file: StaticString, _ line: Int
    ) {
        record(
            passed: passed, expected: "\(subject(answer)) \(expected)", seen: answer.words,
            witnesses: ["errno"], location: here(file, line))
    }

    private func subject(_ answer: Answer) -> String {
        answer.call.text + (answer.call.socket.map { " on \($0.label)" } ?? " on \(answer.call.process.name)")
    }

    // MARK: Resets and retransmissions

    /// Expects the tracepoint tcp_send_reset on a host, with its reason where the kernel gives reasons.
    ///
    /// - Parameter state: the state of the socket that sends it, if it has one.
    package func expect(
        _ host: Host, tracesReset reason: String, in state: TCPState? = nil, file: StaticString = #fileID,
        line: Int = #line
    ) throws {
        func words(_ reason: String?, _ state: TCPState?) -> String {
            (reason ?? "no reason") + (state.map { " in \($0)" } ?? " without a socket")
        }
        let expected = "tcp_send_reset on \(host.name.rawValue): \(words(reason, state))"
        guard let trace = configuration.trace, trace.givesResetReasons else {
            let lack = configuration.trace == nil ? nil : "this kernel gives no reasons of resets"
            return recordUntraced(expected: expected, location: here(file, line), because: lack)
        }
        func resets() -> [PathLedger.Packet] {
            paths.packets.filter { $0.tracepoint == .sendReset && $0.host == host.name }
        }
        func isThere() -> Bool { resets().contains { $0.reason == reason && $0.state == state } }
        _ = try wait(until: .now + configuration.timeout, isThere)
        try service()
        claimReset(of: host.name)
        record(
            passed: isThere(), expected: expected,
            seen: resets().isEmpty
                ? "no reset traced" : resets().map { words($0.reason, $0.state) }.joined(separator: ", "),
            witnesses: ["trace"], location: here(file, line))
    }

    /// Expects the tracepoint to have seen a host send something again this often.
    package func expect(
        _ tracepoint: Tracepoint, on host: Host, traced count: Int, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let expected = "\(count) × \(tracepoint.event) on \(host.name.rawValue)"
        guard configuration.trace != nil else {
            return recordUntraced(expected: expected, location: here(file, line))
        }
        func seen() -> [PathLedger.Packet] {
            paths.packets.filter { $0.tracepoint == tracepoint && $0.host == host.name }
        }
        _ = try wait(until: .now + configuration.timeout) { seen().count >= count }
        try synchronize()
        try recordExactly(expected: expected, witnesses: ["trace"], location: here(file, line)) {
            [unowned self] in
            let seen = paths.packets.filter { $0.tracepoint == tracepoint && $0.host == host.name }
            return Observation(
                isAsExpected: seen.count == count, seen: "\(seen.count)", at: seen.dropFirst(count).first?.time)
        }
    }

    // MARK: Counters

    /// Expects these counters of a host to have moved by exactly this much since the start, waiting for it.
    package func expect(
        _ host: Host, counts expected: [String: Int64], file: StaticString = #fileID, line: Int = #line
    ) throws {
        func seen() throws -> [String: Int64] {
            let counters = try host.counters()
            return expected.reduce(into: [:]) { $0[$1.key] = counters[$1.key] ?? 0 }
        }
        _ = try wait(until: .now + configuration.timeout) { try seen() == expected }
        // The kernel counts what it sent: that many resets are no surprise.
        if let resets = expected["OutRsts"] { claimResets(of: host.name, count: Int(resets)) }
        try recordExactly(
            expected: "counters of \(host.name.rawValue) \(expected.words)", witnesses: ["counters"],
            location: here(file, line)
        ) {
            let counters = try host.counters()
            let seen = expected.reduce(into: [:]) { $0[$1.key] = counters[$1.key] ?? 0 }
            return Observation(isAsExpected: seen == expected, seen: seen.words)
        }
    }

    // MARK: Anything else

    /// Expects something the scenario has worked out itself.
    package func expect(
        _ what: String, _ passed: Bool, seen: String, witnesses: [String], file: StaticString = #fileID,
        line: Int = #line
    ) {
        record(passed: passed, expected: what, seen: seen, witnesses: witnesses, location: here(file, line))
    }

    /// Expects a duration between two kernel-stamped instants.
    package func expect(
        _ what: String, lasted duration: Duration, within bounds: ClosedRange<Duration>,
        witnesses: [String] = ["segments"], file: StaticString = #fileID, line: Int = #line
    ) {
        record(
            passed: bounds.contains(duration),
            expected: "\(what): \(bounds.lowerBound.seconds)...\(bounds.upperBound.seconds) s",
            seen: "\(duration.seconds) s", witnesses: witnesses, location: here(file, line))
    }

    /// Keeps a figure for comparison between kernels.
    ///
    /// - Parameter tolerance: how far two runs may differ and still agree; 0 for what must be exactly the same.
    package func measure(_ name: String, _ value: Double, _ unit: String, tolerance: Double) {
        measure(name, value, unit, ComparisonPolicy(tolerance: tolerance))
    }

    /// Keeps a figure that is worth knowing but that two runs need not agree on.
    package func measure(_ name: String, _ value: Double, _ unit: String, neverComparedSince reason: String) {
        measure(name, value, unit, .never(reason))
    }

    private func measure(_ name: String, _ value: Double, _ unit: String, _ comparison: ComparisonPolicy) {
        timeline.add(
            .measurement(
                Measurement(
                    attempt: timeline.attempt, name: name, value: value, unit: unit, comparison: comparison)),
            at: timeline.relative(.now))
    }

    /// Says which of the known kernel variants was seen; a scenario may have several questions, each with its variants.
    package func sawVariant(_ name: String) {
        if !variants.contains(name) { variants.append(name) }
    }

    /// Ends the scenario without a verdict, because this kernel or machine lacks what it is about.
    package func skip(_ reason: String) throws -> Never { throw ScenarioStop.skipped(reason) }

    /// Keeps something a reader should know.
    package func note(_ text: String) {
        let at = timeline.relative(.now)
        timeline.add(.note(NoteFact(attempt: timeline.attempt, at: at, text: text)), at: at)
    }

    /// Says why the present chapter has shown nothing either way, so that nobody compares it.
    package func voidChapter(_ reason: String) {
        let at = timeline.relative(.now)
        let note = NoteFact(attempt: timeline.attempt, at: at, text: reason, voidsSince: chapterBegan)
        timeline.add(.note(note), at: at)
    }

    /// Whether something comes about within a time, for what kernels do differently.
    package func comesAbout(within time: Duration, _ condition: () throws -> Bool) throws -> Bool {
        try endStanding()
        return try wait(until: .now + time, condition)
    }

    /// Waits until `condition` holds; what it awaits must be announced by the wire, a worker, netlink or the trace.
    package func require(
        _ what: String, within timeout: Duration? = nil, file: StaticString = #fileID, line: Int = #line,
        seen: () throws -> String, until condition: () throws -> Bool
    ) throws {
        if timeout != nil { try endStanding() }
        guard try wait(until: .now + (timeout ?? configuration.timeout), condition) else {
            try requirementFailed(
                expected: what, seen: try seen(), witnesses: ["netlink"], location: here(file, line))
        }
    }
}

extension [String: Int64] {
    fileprivate var words: String {
        sorted { $0.key < $1.key }.map { "\($0.key) \($0.value >= 0 ? "+" : "")\($0.value)" }.joined(separator: ", ")
    }
}
