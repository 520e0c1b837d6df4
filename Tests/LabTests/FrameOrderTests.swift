import Acts
import Record
import Testing

@testable import Engine
@testable import Lab
@testable import Linux

@Suite("The order of frames")
struct FrameOrderTests {
    private func frame(_ stamp: Int64, _ byte: UInt8) -> PacketSocket.Frame {
        PacketSocket.Frame(bytes: [byte], stamp: stamp, outgoing: true)
    }

    @Test("It is that of the kernel's stamps, and what has the same stays as it was read")
    func order() {
        var order = FrameOrder()
        let read: [(from: HostName, frame: PacketSocket.Frame)] = [
            (.a, frame(1_030, 4)), (.a, frame(1_010, 1)), (.b, frame(1_020, 2)), (.b, frame(1_020, 3)),
        ]
        let placed = order.place(read, reading: ClockOffset(least: 990, most: 1_010))
        #expect(placed.map(\.bytes) == [[1], [2], [3], [4]])
        #expect(placed.map(\.stamp.nanoseconds) == [10, 20, 20, 30])
    }

    @Test("A second reading between which the processor was away neither shifts nor turns anything")
    func interruption() {
        var order = FrameOrder()
        let first = order.place([(.a, frame(5_000, 1))], reading: ClockOffset(least: 1_000, most: 1_000))
        let second = order.place([(.b, frame(5_020, 2))], reading: ClockOffset(least: -40_000, most: 40_000))
        #expect(second[0].stamp - first[0].stamp == .nanoseconds(20))
        #expect(order.clockSteps == 0)
    }

    @Test("A wall clock that was set is told")
    func step() {
        var order = FrameOrder()
        _ = order.place([(.a, frame(5_000, 1))], reading: ClockOffset(least: 1_000, most: 1_100))
        _ = order.place([(.a, frame(5_000, 1))], reading: ClockOffset(least: 5_000, most: 5_100))
        #expect(order.clockSteps == 1)
    }

    @Test("Of several readings of the clocks the narrowest counts")
    func narrowest() {
        var readings: [(before: Int64, wall: Int64, after: Int64)] = Array(
            repeating: (0, 10_000, 9_000), count: 7)
        readings.insert((20_000, 30_000, 20_600), at: 3)
        let offset = ClockOffset { readings.removeFirst() }
        #expect(offset == ClockOffset(least: 9_400, most: 10_000))
    }
}

@Suite("Numbers of laboratories")
struct LabNumberTests {
    @Test("A number is nobody else's while it is kept, and the one free for the longest comes next")
    func reuse() throws {
        let pool = LabNumber.Pool(count: 3)
        var numbers = try (0..<3).map { _ in try LabNumber(from: pool) }
        #expect(numbers.map(\.value) == [0, 1, 2])
        #expect(throws: (any Error).self) { try LabNumber(from: pool) }
        numbers.remove(at: 1)
        numbers.remove(at: 0)
        let next = try LabNumber(from: pool)
        #expect(next.value == 1)
        #expect(try LabNumber(from: pool).value == 0)
        _ = (numbers, next)
    }
}

@Suite("The order of attempts")
struct ShuffleTests {
    private func plan(_ seed: UInt64?) -> [String] {
        let scenarios = (0..<20).map { number in
            Scenario(
                "test.n\(number)", claim: "", cites: [], link: .relay, ipv6: false,
                alone: number < 2, restsOnPaths: false, sysctls: { _ in [:] }, longestTimer: { _ in Double(number) },
                location: ""
            ) {}
        }
        return Scheduler.Plan(scenarios: scenarios, shuffle: seed).inOrder(.scaled).map(\.scenario.id)
    }

    @Test("The same seed gives the same order, another one another, and who must be alone stays last")
    func seeds() {
        #expect(plan(1) == plan(1))
        #expect(plan(1) != plan(2))
        #expect(plan(nil).first == "test.n19")
        for seed in [nil, 1, 2] as [UInt64?] {
            #expect(Set(plan(seed)).count == 20)
            #expect(Set(plan(seed).suffix(2)) == ["test.n0", "test.n1"])
        }
    }
}
