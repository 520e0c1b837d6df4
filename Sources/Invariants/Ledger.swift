internal import Linux
internal import Packets
internal import Record

/// What one direction of a connection has shown since its SYN.
struct Course {
    /// The SYN that began it; nil where none was seen.
    var syn: TCPSegment?
    let initial: UInt32
    /// The number after the highest that was sent.
    var end: UInt32
    /// The number of its FIN.
    var fin: UInt32?
    /// The highest number that it acknowledged.
    var acknowledged: UInt32?
    /// The highest number that it has offered to take.
    var edge: UInt32?
    /// The highest number that the peer has offered to take.
    var offered: UInt32?
    /// Its last timestamp.
    var timestamp: UInt32?

    init(_ segment: TCPSegment) {
        syn = segment.flags.contains(.SYN) ? segment : nil
        initial = syn == nil ? segment.sequence &- 1 : segment.sequence
        end = initial &+ 1
    }

    func covers(_ number: UInt32) -> Bool { !initial.isAfter(number) && !number.isAfter(end) }

    mutating func keep(_ segment: TCPSegment) {
        if segment.endSequence.isAfter(end) { end = segment.endSequence }
        if segment.hasFIN { fin = segment.endSequence &- 1 }
        if let value = segment.timestamps?.value { timestamp = value }
    }
}

/// What is known of all connections at one moment of an attempt.
struct Ledger {
    typealias Direction = Exchange.Direction

    /// Every course of a direction, the present one last.
    private(set) var courses: [Direction: [Course]] = [:]
    /// What has arrived in a direction, whoever made it.
    private(set) var arrivals: [Direction: Arrivals] = [:]

    struct Arrivals {
        var syns: [TCPSegment] = []
        /// The ranges of numbers that forged segments take.
        var forged: [(UInt32, UInt32)] = []
        var hasForgedSYN = false
        var timestamps: Set<UInt32> = []
        /// Acknowledgement numbers, and the ends of segments without one: what a reset may answer.
        var acknowledgements: Set<UInt32> = []
        var bareEnds: Set<UInt32> = []
        /// Since the last segment of the opposite direction, the resets among them apart.
        var resets: [TCPSegment] = []
        var others = 0
        /// Arrivals that no repeated acknowledgement has answered yet.
        var unanswered = 0
        /// Whether a SYN has come since the last SYN/ACK of the opposite direction.
        var hasNewSYN = false
    }

    func course(_ direction: Direction) -> Course? { courses[direction]?.last }

    func arrived(_ direction: Direction) -> Arrivals { arrivals[direction] ?? Arrivals() }

    /// Whether a forged SYN makes it unclear what the ends have agreed on.
    func isForged(_ direction: Direction) -> Bool {
        arrived(direction).hasForgedSYN || arrived(direction.opposite).hasForgedSYN
    }

    /// Whether a number of this direction has been sent, in whichever course or by whomever.
    func wasSent(_ number: UInt32, in direction: Direction) -> Bool {
        if courses[direction, default: []].contains(where: { $0.covers(number) }) { return true }
        return arrived(direction).forged.contains { !$0.isAfter(number) && !number.isAfter($1) }
    }

    /// The shift of this direction's window fields once it is established.
    func scale(_ direction: Direction) -> Int {
        guard let own = course(direction)?.syn?.scale else { return 0 }
        return arrived(direction.opposite).syns.contains { $0.scale == nil } ? 0 : min(own, 14)
    }

    /// The number up to which a segment says that its sender takes data.
    func edge(_ segment: TCPSegment, in direction: Direction) -> UInt32 {
        let shift = segment.flags.contains(.SYN) ? 0 : scale(direction)
        return segment.acknowledgement &+ UInt32(segment.window) << UInt32(shift)
    }

    mutating func take(_ step: Exchange.Step) {
        switch step {
        case .sent(let frame): send(frame.segment, in: frame.direction)
        case .arrived(let frame): arrive(frame)
        }
    }

    private mutating func send(_ segment: TCPSegment, in direction: Direction) {
        let opposite = direction.opposite
        arrivals[opposite]?.resets = []
        arrivals[opposite]?.others = 0
        guard !segment.isRST else { return }
        if segment.flags.contains(.SYN) { arrivals[opposite]?.hasNewSYN = false }
        let present = courses[direction]?.last
        if present == nil || segment.flags.contains(.SYN) && present?.initial != segment.sequence {
            var course = Course(segment)
            // What the peer's SYN offers counts from this one's initial number.
            course.offered = arrived(opposite).syns.map { course.end &+ UInt32($0.window) }.max()
            courses[direction, default: []].append(course)
        }
        let edge = edge(segment, in: direction)
        let last = courses[direction]!.count - 1
        courses[direction]![last].keep(segment)
        guard segment.flags.contains(.ACK) else { return }
        courses[direction]![last].acknowledged = segment.acknowledgement
        courses[direction]![last].edge = later(courses[direction]![last].edge, edge)
        offer(edge, to: opposite, acknowledging: segment.acknowledgement)
    }

    private mutating func offer(_ edge: UInt32, to direction: Direction, acknowledging number: UInt32) {
        guard let course = course(direction), course.covers(number) else { return }
        courses[direction]![courses[direction]!.count - 1].offered = later(course.offered, edge)
    }

    private mutating func arrive(_ frame: Exchange.Frame) {
        let segment = frame.segment
        let direction = frame.direction
        var known = arrivals[direction] ?? Arrivals()
        let copies = max(0, min(frame.fact.copies ?? 1, 16))
        if segment.flags.contains(.SYN) {
            known.syns.append(segment)
            known.hasNewSYN = true
        }
        if let value = segment.timestamps?.value { known.timestamps.insert(value) }
        if segment.isRST {
            known.resets.append(segment)
        } else {
            known.others += copies
            if segment.flags.contains(.ACK) {
                known.acknowledgements.insert(segment.acknowledgement)
            } else {
                known.bareEnds.insert(segment.endSequence)
            }
        }
        known.unanswered += copies
        if !frame.isKernels {
            known.forged.append((segment.sequence, segment.endSequence))
            known.hasForgedSYN = known.hasForgedSYN || segment.flags.contains(.SYN)
        }
        arrivals[direction] = known
        if !frame.isKernels, segment.flags.contains(.ACK) {
            offer(edge(segment, in: direction), to: direction.opposite, acknowledging: segment.acknowledgement)
        }
    }

    /// Counts a repeated acknowledgement as the answer to one arrival; false when none is left.
    mutating func answer(_ direction: Direction) -> Bool {
        guard let left = arrivals[direction]?.unanswered, left > 0 else { return false }
        arrivals[direction]?.unanswered = left - 1
        return true
    }
}

extension Exchange {
    /// Looks at every segment that a kernel sent, with what was known before it.
    func walk(_ look: (inout Ledger, Frame) -> Finding?) -> [Breach] {
        var ledger = Ledger()
        var breaches: [Breach] = []
        for step in steps {
            if case .sent(let frame) = step, let what = look(&ledger, frame) { breaches.append(frame.breach(what)) }
            ledger.take(step)
        }
        return breaches
    }
}

extension TCPSegment {
    var scale: Int? {
        for case .windowScale(let shift) in options { return shift }
        return nil
    }

    var mss: Int? {
        for case .mss(let size) in options { return size }
        return nil
    }

    var permitsSACK: Bool { options.contains(.sackPermitted) }
}

/// The later of two numbers, modulo 2^32.
private func later(_ one: UInt32?, _ other: UInt32) -> UInt32 {
    guard let one else { return other }
    return one.isAfter(other) ? one : other
}
