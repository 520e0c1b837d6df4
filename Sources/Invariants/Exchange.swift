internal import Linux
internal import Packets
internal import Record

/// Everything that one attempt shows of TCP, put in order for the invariants.
struct Exchange {
    /// A segment with its frame.
    struct Frame {
        let fact: SegmentFact
        let bytes: [UInt8]
        let segment: TCPSegment
        /// Whether a kernel made it.
        var isKernels: Bool { fact.fate != .injected }

        var direction: Direction { Direction(source: segment.source, destination: segment.destination) }

        /// `at 0.012345 A: S. 3:4 …`, for people.
        var words: String {
            let ack = fact.acknowledgement.map { " ack \(Int32(bitPattern: $0))" } ?? ""
            let length = fact.length > 0 ? " len \(fact.length)" : ""
            return "the segment of \(fact.from) at \(microseconds(fact.at)) µs [\(fact.flags)]"
                + " seq \(Int32(bitPattern: fact.sequence))\(ack)\(length)"
        }

        func breach(_ finding: Finding) -> Breach {
            Breach(at: fact.at, "\(words): \(finding.words)", like: finding.likeness)
        }
    }

    /// One way of one connection. A socket connected to itself has a single one.
    struct Direction: Hashable {
        let source: SocketAddress
        let destination: SocketAddress
        var opposite: Direction { Direction(source: destination, destination: source) }
    }

    /// What happens to segments, in order of time.
    enum Step {
        /// A kernel sent it.
        case sent(Frame)
        /// It arrived, whoever made it.
        case arrived(Frame)
    }

    private(set) var steps: [Step] = []
    private(set) var transitions: [TransitionFact] = []
    private(set) var packets: [TracedPacketFact] = []
    private(set) var calls: [CallFact] = []
    /// Whether everything a host sent is seen, and in the order in which it was sent; netem comes before the witness.
    let isInOrder: Bool

    init(_ facts: [Event], link: String) {
        isInOrder = link != "netem"
        var timed: [(at: Int64, step: Step)] = []
        for fact in facts {
            switch fact {
            case .segment(let fact):
                guard let bytes = fact.frame?.bytes, let segment = TCPSegment(ethernet: bytes) else { continue }
                let frame = Frame(fact: fact, bytes: bytes, segment: segment)
                switch fact.fate {
                case .passed: timed += [(fact.at, .sent(frame)), (fact.at, .arrived(frame))]
                case .held, .dropped: timed.append((fact.at, .sent(frame)))
                case .delayed: timed += [(fact.at, .sent(frame)), (fact.due ?? fact.at, .arrived(frame))]
                case .released, .injected: timed.append((fact.at, .arrived(frame)))
                }
            case .transition(let fact): transitions.append(fact)
            case .packet(let fact): packets.append(fact)
            case .call(let fact): calls.append(fact)
            default: break
            }
        }
        steps = timed.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
            \.element.step)
    }

    /// Every segment that a kernel sent, in order.
    var sent: [Frame] {
        steps.compactMap { step in
            if case .sent(let frame) = step { frame } else { nil }
        }
    }

    /// Breaches that one segment shows by itself.
    func eachSent(_ look: (Frame) -> Finding?) -> [Breach] {
        sent.compactMap { frame in look(frame).map(frame.breach) }
    }
}

/// What is wrong with a segment.
struct Finding: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    var words: String
    var likeness: Breach.Likeness?

    init(stringLiteral words: String) { self.words = words }

    init(_ words: String, like likeness: Breach.Likeness? = nil) {
        self.words = words
        self.likeness = likeness
    }
}

func microseconds(_ nanoseconds: Int64) -> Int64 { nanoseconds / 1000 }

extension UInt32 {
    /// Whether this sequence number comes after another, modulo 2^32.
    func isAfter(_ other: UInt32) -> Bool { Int32(bitPattern: self &- other) > 0 }
}
