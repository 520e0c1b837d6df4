import Synchronization
import Testing

@testable import Health

/// Counts of the kernel's own memory.
@Suite struct SlabTests {
    /// What comes later is given back meanwhile.
    @Test(arguments: [
        ([["TCP": 3]], []),
        ([["TCP": 2]], []),
        ([["TCP": 9], ["TCP": 5], ["TCP": 3]], []),
        ([["TCP": 4, "tw_sock_TCP": 7]], ["1 objects of the kernel's cache TCP are never freed"]),
        ([["request_sock_TCP": 9]], []),
    ])
    func growth(_ looks: [[String: Int]], _ told: [String]) {
        var place = 0
        let growth = SlabCounts.growth(from: ["TCP": 3]) {
            defer { place += 1 }
            return looks[min(place, looks.count - 1)]
        }
        #expect(growth.map(\.summary) == told)
    }
}
