internal import Acts
package import Linux
package import SockDiag
internal import Record

// Kernel timers, judged only by what the kernel stamps or by looks whose own time is known.
extension Lab {
    /// Whether sysctls are shortened for a run in real time.
    package var isScaled: Bool { configuration.lane == .scaled }

    /// How many seconds two measurements may lie apart because of what else the machine does; none in a guest's own time.
    package var wait: Double { isScaled ? Duration.lateness.seconds : 0 }

    /// What a 60 s timer shows when looked at soon after it was set.
    ///
    /// The lower bound leaves 20 s, the timeout of a laboratory, to a machine that is too busy to look. The length itself
    /// is for `expect(timerOf:...)`.
    package var sixtySeconds: ClosedRange<Duration> { .seconds(40) ... .milliseconds(60_004) }

    /// Expects the timer of a socket's row to run for this long from an instant of the trace.
    ///
    /// The row says how much is left at a moment between the begin and the end of the look; a look that took too long
    /// says too little and is repeated.
    package func expect(
        timerOf socket: Socket, since start: Instant, lasts bounds: ClosedRange<Duration>,
        file: StaticString = #fileID, line: Int = #line
    ) throws {
        let slowest = Duration.milliseconds(20)
        var row: DiagRow?
        var left = Duration.zero
        let looked = try wait(until: .now + configuration.timeout) {
            let before = Instant.now
            row = try self.row(socket)
            guard let row else { return true }
            left = .milliseconds(row.expires) + (before - start)
            return .now - before < slowest
        }
        guard looked else { throw ScenarioStop.late("no sock_diag query of \(socket.label) took less than \(slowest)") }
        guard let row else {
            try requirementFailed(
                expected: "\(socket.label) has a timer", seen: "no row", witnesses: ["netlink"],
                location: here(file, line))
        }
        let passed = left + slowest >= bounds.lowerBound && left <= bounds.upperBound
        record(
            passed: passed,
            expected: "the timer of \(socket.label) is set for \(bounds.lowerBound.seconds)..."
                + "\(bounds.upperBound.seconds) s",
            seen: "\(left.seconds) s (\(row.words))", witnesses: ["netlink", "trace"],
            location: here(file, line))
    }

    /// Expects rows to vanish when their timers of a nominal length run out: not earlier, and late by an eighth at most.
    ///
    /// Netlink does not tell when a minisock goes, so it is looked for again and again; the begin of the last look
    /// that showed it and the end of the first that did not bound the instant. If the machine was too busy for the
    /// looks to bound it closely enough, that is an error of the run, not of the kernel.
    package func expectVanish(
        _ sockets: [(socket: Socket, since: Instant)], after nominal: Duration,
        file: StaticString = #fileID, line: Int = #line
    ) throws {
        guard let host = sockets.first?.socket.host else { return }
        try expectVanish(
            sockets.map { ($0.socket.label, $0.socket.identity.cookie, $0.since) }, on: host, after: nominal,
            location: here(file, line))
    }

    /// The same for one row that no socket of ours stands for.
    package func expectVanish(
        _ row: DiagRow, called label: String, on host: Host, since start: Instant, after nominal: Duration,
        file: StaticString = #fileID, line: Int = #line
    ) throws {
        try expectVanish(
            [(label, row.cookie, start)], on: host, after: nominal,
            location: here(file, line))
    }

    private func expectVanish(
        _ ends: [(label: String, cookie: UInt64, since: Instant)], on host: Host, after nominal: Duration,
        location: String
    ) throws {
        try endStanding()
        let latest = nominal.asLateTimer
        guard let first = ends.map(\.since).min(), let last = ends.map(\.since).max() else { return }
        // Seldom at first, so that one that goes far too early is seen to go then; often when it is due.
        let seldom = max(Duration.milliseconds(20), nominal / 64)
        let due = first + (nominal - .milliseconds(150))
        var present: [UInt64: Instant] = [:]
        var absent: [UInt64: Instant] = [:]
        let cookies = Set(ends.map(\.cookie))
        while absent.count < ends.count && .now < last + latest + configuration.timeout {
            let before = Instant.now
            let shown = Set(try host.rows().map(\.cookie)).intersection(cookies)
            let after = Instant.now
            for cookie in shown { present[cookie] = before }
            for cookie in cookies.subtracting(shown) where absent[cookie] == nil { absent[cookie] = after }
            try pass(max(.milliseconds(20), min(seldom, due - .now)))
        }
        for (label, cookie, since) in ends {
            let seen = (present[cookie].map { $0 - since }, absent[cookie].map { $0 - since })
            try judgeVanishing(label, seen, nominal, latest, location)
        }
    }

    private func judgeVanishing(
        _ label: String, _ seen: (present: Duration?, absent: Duration?), _ nominal: Duration, _ latest: Duration,
        _ location: String
    ) throws {
        let expected = "\(label) vanishes \(nominal.seconds)...\(latest.seconds) s after it began"
        if let present = seen.present, present > latest {
            return record(
                passed: false, expected: expected, seen: "still there after \(present.seconds) s",
                witnesses: ["netlink"], location: location)
        }
        if let absent = seen.absent, absent < nominal {
            return record(
                passed: false, expected: expected,
                seen: "gone after \(absent.seconds) s, last seen after \(seen.present?.seconds ?? 0) s",
                witnesses: ["netlink"], location: location)
        }
        guard let present = seen.present, let absent = seen.absent, absent <= latest + .milliseconds(500),
            present >= nominal - .milliseconds(150)
        else {
            throw ScenarioStop.late(
                "the machine was too busy to see when \(label) vanished: last seen after "
                    + "\(seen.present?.seconds ?? 0) s, first missed after \(seen.absent?.seconds ?? 0) s")
        }
        measure("\(label) lifetime", absent.seconds, "s", tolerance: 0.125 * nominal.seconds)
        record(
            passed: true, expected: expected,
            seen: "seen after \(present.seconds) s, gone after \(absent.seconds) s", witnesses: ["netlink", "trace"],
            location: location)
    }
}
