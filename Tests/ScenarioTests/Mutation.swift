import Acts
import Glibc
import Lab
import Packets
import Synchronization
import Testing
import Worker

/// A kernel that does something else than it should, and what the scenario must say about it.
struct Mutation: Sendable, CustomTestStringConvertible {
    let scenario: String
    /// What is wrong.
    let name: String
    /// Made anew for each attempt, since it may count.
    let faults: @Sendable () -> FaultInjection
    /// Parts of the first failure, in order: what was expected, then what was seen.
    let says: [String]

    init(
        _ scenario: String, _ name: String, _ faults: @autoclosure @escaping @Sendable () -> FaultInjection,
        says: String...
    ) {
        self.scenario = scenario
        self.name = name
        self.faults = faults
        self.says = says
    }

    var testDescription: String { "\(scenario): \(name)" }

    /// Whether a failure says all of it, in order.
    func isNamed(by reason: String) -> Bool {
        var rest = reason[...]
        for part in says {
            guard let place = rest.ranges(of: part).first else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }

    /// The id, or the pattern of ids, to which `Scripts/run-tests --mutations` restricts them.
    static let choice = getenv("TCPWITNESS_MUTATIONS").map { String(cString: $0) }

    static let chosen = all.filter { fnmatch(choice ?? "*", $0.scenario, 0) == 0 }

    static let all =
        openingMutations + handshakeMutations + acceptQueueMutations + simultaneousMutations
        + closingMutations + closeSegmentMutations + finWaitMutations + lastAckMutations + sendQueueMutations
        + closingCallMutations + resettingByCloseMutations + resettingMutations
        + halfClosingMutations
        + timerMutations + timeWaitMutations + timeWaitSegmentMutations + keepaliveMutations + losingMutations
        + halfOpeningMutations + establishedMutations
        + abortingMutations + lingeringMutations + orphanMutations + shuttingDownMutations + shutdownCallMutations
        + halfOpenMutations + settingMutations
}

// MARK: Segments

extension FaultInjection {
    /// The kernel does not send these segments; `places` counts them from 1.
    static func swallow(_ pattern: SegmentPattern, _ places: ClosedRange<Int> = 1...Int.max) -> FaultInjection {
        replace(pattern, places) { _ in [] }
    }

    /// The kernel sends these segments twice.
    static func double(_ pattern: SegmentPattern, _ places: ClosedRange<Int> = 1...Int.max) -> FaultInjection {
        replace(pattern, places) { [$0, $0] }
    }

    /// The kernel sends these segments with other flags.
    static func turn(
        _ pattern: SegmentPattern, into flags: TCPFlags, _ places: ClosedRange<Int> = 1...Int.max
    ) -> FaultInjection {
        replace(pattern, places) {
            var changed = $0
            changed.flags = flags
            return [changed]
        }
    }

    /// The kernel sends something else in these segments' place.
    static func replace(
        _ pattern: SegmentPattern, _ places: ClosedRange<Int> = 1...Int.max,
        _ change: @escaping @Sendable (TCPSegment) -> [TCPSegment]
    ) -> FaultInjection {
        let counter = Counter()
        var faults = FaultInjection()
        faults.segments = { segment in
            guard pattern.matches(segment.view), places.contains(counter.next()) else { return [segment.segment] }
            return change(segment.segment)
        }
        return faults
    }

}

/// Counts from 1, for what goes wrong only now and then.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

// MARK: Calls and settings

extension FaultInjection {
    /// The process makes another call where `change` gives one.
    static func call(_ change: @escaping @Sendable (HostName, Request) -> Request?) -> FaultInjection {
        var faults = FaultInjection()
        faults.calls = { change($0, $1) ?? $1 }
        return faults
    }

    /// shutdown(2) is made with something else.
    static func shutdown(on host: HostName, _ change: @escaping @Sendable (Int32) -> Request) -> FaultInjection {
        call { from, request in
            if from == host, case .shutdown(let fd, _) = request { change(fd) } else { nil }
        }
    }

    /// close(2) is replaced by something else.
    static func close(on host: HostName, _ change: @escaping @Sendable (Int32) -> Request) -> FaultInjection {
        call { from, request in
            if from == host, case .close(let fd) = request { change(fd) } else { nil }
        }
    }

    /// A socket option is set to something else.
    static func socketOption(_ option: SocketOption, _ values: Int32...) -> FaultInjection {
        call { _, request in
            guard case .setOption(let fd, option, _) = request else { return nil }
            return .setOption(fd, option, values.withUnsafeBytes { Array($0) })
        }
    }

    /// Both hosts have this setting, whatever the scenario thinks.
    static func setting(_ name: String, _ value: String) -> FaultInjection {
        var faults = FaultInjection()
        faults.sysctls = [name: value]
        return faults
    }
}

/// The second argument of shutdown(2).
let shutRead: Int32 = 0
let shutWrite: Int32 = 1
let shutBoth: Int32 = 2
