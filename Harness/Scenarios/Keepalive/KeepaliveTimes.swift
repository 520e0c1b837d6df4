internal import Vocabulary

/// How often keepalive asks, and when it gives up.
struct KeepaliveTimes {
    let idle: Duration
    let interval: Duration
    let count: Int
    private let isSet: Bool

    /// These in the scaled lane; in the default lane the kernel's own, which no option sets.
    init(scaled idle: Int32, _ interval: Int32, count: Int) {
        isSet = isScaled
        self.idle = .seconds(isSet ? Int64(idle) : 7200)
        self.interval = .seconds(isSet ? Int64(interval) : 75)
        self.count = isSet ? count : 9
    }

    /// The same time for both, and the kernel's own nine probes.
    init(idleAndInterval seconds: Int64) {
        isSet = true
        idle = .seconds(seconds)
        interval = .seconds(seconds)
        count = 9
    }

    /// How long after it was last heard a silent peer is given up.
    var total: Duration { idle + interval * count }
    /// When probe or reset `number`, counted from 1, is due after the one before it.
    func wait(before number: Int) -> Duration { number == 1 ? idle : interval }
    /// As steps say it.
    var words: String {
        let words = "\(idle.components.seconds) s, \(interval.components.seconds) s, \(count) probes"
        return isSet ? words : "the kernel's own \(words)"
    }

    /// Turns it on.
    func set(on socket: Socket, file: StaticString = #fileID, line: Int = #line) {
        guard isSet else { return socket.keepAlive(file: file, line: line) }
        socket.keepAlive(
            idle: Int32(idle.components.seconds), interval: Int32(interval.components.seconds), count: Int32(count),
            file: file, line: line)
    }
}

extension Socket {
    /// Its keepalive timer was set for this long at a moment.
    ///
    /// - Parameter early: how much earlier than that moment it may have been set.
    func keepaliveTimerLasts(
        _ length: Duration, since moment: Moment, early: Duration = .zero, file: StaticString = #fileID,
        line: Int = #line
    ) {
        let slack = Duration.milliseconds(50)
        timerLasts(length - slack - early...length + slack, since: moment, file: file, line: line)
    }

    /// It has sent so many probes one below its next sequence number, one each interval, then a reset; gives all these.
    func probesAndResets(
        _ times: KeepaliveTimes, file: StaticString = #fileID, line: Int = #line
    ) throws -> [CarriedSegment] {
        wire.carries("RST/ACK>", since: .chapterBegan, after: times.interval, file: file, line: line)
        let sent = try waitUntil(
            "the wire carries the reset of client", of: { try wire.segments(since: .chapterBegan, from: self) },
            file: file, line: line
        ) { $0.contains { $0.segment.isRST } }
        expect("\(times.count) probes below the next sequence number, then RST/ACK", of: sent, file: file, line: line) {
            $0.count == times.count + 1 && $0.dropLast().allSatisfy { $0.view.kind == .ACK && $0.view.sequence == 0 }
                && $0.last?.view.kind == .RST_ACK
        }
        for (one, next) in zip(sent, sent.dropFirst()) {
            lasts(
                "the next comes after the interval", next.stamp.since(one.stamp),
                times.interval - .milliseconds(4)...times.interval.latestTimer, file: file, line: line)
        }
        if let first = sent.first, let last = sent.last {
            measure(
                "first probe to reset", last.stamp.since(first.stamp).seconds, "s",
                within: 0.125 * times.total.seconds + machineNoise, file: file, line: line)
        }
        return sent
    }
}
