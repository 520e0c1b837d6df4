/// The version of a kernel, as its release begins.
package struct KernelVersion: Hashable, Sendable, Comparable {
    package var major: Int
    package var minor: Int
    /// The point release; nil where the release does not tell, as in Debian's `6.1.0-42-amd64` it does not truly.
    package var patch: Int?

    package init(_ major: Int, _ minor: Int, _ patch: Int? = nil) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// The version that a release such as `6.12.48+deb13-amd64` begins with; nil when it begins otherwise.
    package init?(release: String) {
        let numbers = release.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".")
        guard numbers.count >= 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else { return nil }
        self.init(major, minor, numbers.count > 2 ? Int(numbers[2]) : nil)
    }

    /// The kernel series, `6.12`, which has the baseline.
    package var series: String { "\(major).\(minor)" }

    package static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor, left.patch ?? 0) < (right.major, right.minor, right.patch ?? 0)
    }
}
