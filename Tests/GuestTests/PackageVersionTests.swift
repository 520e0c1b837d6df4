import Linux
import Testing

@testable import Guest

/// Debian's order of versions.
@Suite struct PackageVersionTests {
    /// From old to new.
    private static let order = [
        "5.10.218-1", "6.1.38-4", "6.1.180-1~deb11u1", "6.1.180-1", "6.12.43-1~bpo12+1", "6.12.90-1",
        "6.12.90-2~bpo12+1",
        "6.12.90-2", "6.12.100-1~deb12u1", "6.12.100-1", "7.3~rc7-1~exp1", "7.3-1", "7.3.4-1~bpo13+1", "7.3.4-1",
        "1:1.0-1",
    ]

    @Test func order() {
        for (left, one) in Self.order.enumerated() {
            for (right, other) in Self.order.enumerated() {
                #expect((PackageVersion(one) < PackageVersion(other)) == (left < right), "\(one) \(other)")
            }
        }
        #expect(Self.order.shuffled().map(PackageVersion.init).sorted().map(\.text) == Self.order)
    }

    /// The same order as dpkg's own.
    @Test(.enabled(if: hasTools("dpkg"), "needs dpkg")) func asDpkgSays() throws {
        for (one, other) in zip(Self.order, Self.order.dropFirst()) {
            #expect(try Tool.run(["dpkg", "--compare-versions", one, "lt", other]).status == .exited(0))
        }
    }

    @Test(arguments: [
        ("6.12.118-1", "6.12.118"), ("6.12.117-1~deb12u1", "6.12.117"), ("7.3~rc7-1~exp1", "7.3-rc7"),
        ("5.15.0-91.101", "5.15.0"), ("1:6.1.2-3", "6.1.2"), ("6.1", "6.1"), ("", ""),
    ])
    func upstream(_ version: String, _ upstream: String) {
        #expect(PackageVersion(version).upstream == upstream)
    }
}
