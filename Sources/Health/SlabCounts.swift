internal import Linux

/// How many sockets, requests and minisocks the kernel has memory for, of a kernel that runs nothing but us.
///
/// A socket that no list and no count has any more still has its memory: that is what is left of it when a reference is
/// taken and never dropped.
package struct SlabCounts: Sendable {
    /// The caches of net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c; the kernel merges them with no others, since their
    /// objects may be looked at without a reference.
    private static let caches = [
        "TCP", "TCPv6", "tw_sock_TCP", "tw_sock_TCPv6", "request_sock_TCP", "request_sock_TCPv6",
    ]
    private let before: [String: Int]

    /// A cache that has more than it had.
    package struct Growth: Sendable, Equatable {
        package let summary: String
        package let lines: [String]
    }

    /// Counts what there is; of a cache that cannot be read nothing is said.
    package init() { before = Self.counts() }

    /// Which of them have grown. Call it when nothing of what made sockets is left.
    package func growth() -> [Growth] { Self.growth(from: before, to: Self.counts) }

    /// - Parameter look: counts again. Memory is given back a moment after its last use, so it is asked until nothing is
    ///   left or nothing has changed for some time.
    static func growth(from before: [String: Int], to look: () -> [String: Int]) -> [Growth] {
        var counts = look()
        for _ in 0..<20 where !surplus(before, counts).isEmpty {
            (Instant.now + .milliseconds(100)).sleepUntil()
            counts = look()
        }
        return surplus(before, counts).map { name, number in
            Growth(
                summary: "\(number) objects of the kernel's cache \(name) are never freed",
                lines: ["\(name): \(before[name] ?? 0) objects before the run, \(counts[name] ?? 0) after it"])
        }
    }

    private static func surplus(_ before: [String: Int], _ after: [String: Int]) -> [(String, Int)] {
        caches.compactMap { name in
            guard let old = before[name], let new = after[name], new > old else { return nil }
            return (name, new - old)
        }
    }

    private static func counts() -> [String: Int] {
        caches.reduce(into: [:]) { counts, name in
            let directory = "/sys/kernel/slab/\(name)"
            // What a processor keeps for its next allocation counts as in use until it is given back.
            guard (try? Files.write("1", to: "\(directory)/shrink")) != nil,
                let text = try? Files.read("\(directory)/objects")
            else { return }
            counts[name] = text.split(separator: " ").first.flatMap { Int($0.prefix { $0.isNumber }) }
        }
    }
}
