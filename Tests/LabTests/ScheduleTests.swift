import Testing

@testable import Scenarios

/// What was measured on Linux 6.18, by the sysctls it depends on.
@Suite("How often a SYN is sent")
struct ScheduleTests {
    @Test(arguments: [
        (retries: 6, linear: 4, count: 11, giveUp: 131), (6, 0, 7, 127), (3, 0, 4, 15), (3, 4, 8, 19), (1, 0, 2, 3),
        (1, 4, 3, 3), (2, 4, 6, 7), (0, 0, 1, 1),
    ])
    func bothLimitsHold(_ sample: (retries: Int, linear: Int, count: Int, giveUp: Int)) {
        let schedule = SynSchedule(retries: sample.retries, linear: sample.linear)
        #expect(schedule.count == sample.count)
        #expect(schedule.giveUp == .seconds(sample.giveUp))
    }
}
