package import Record

/// The version of a kernel, and whose it is.
package struct KernelVersion: Hashable, Sendable, Comparable {
    package var major: Int
    package var minor: Int
    /// The point release; nil where it is not known.
    package var patch: Int?
    /// Who built it, where that is known: distributions have changes of their own.
    package var distribution: String?

    package init(_ major: Int, _ minor: Int, _ patch: Int? = nil, distribution: String? = nil) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.distribution = distribution
    }

    /// The version that a release such as `6.12.48+deb13-amd64` begins with; nil when it begins otherwise.
    ///
    /// In `6.1.0-42-amd64` the 0 stands for every point release: distributions that keep the module ABI name it so.
    package init?(release: String) {
        let numbers = release.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = numbers.split(separator: ".")
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
        let rest = release[numbers.endIndex...]
        let namesABI = rest.first == "-" && rest.dropFirst().first?.isNumber ?? false
        let patch = parts.count > 2 ? Int(parts[2]) : nil
        self.init(major, minor, patch == 0 && namesABI ? nil : patch)
    }

    /// The version of a kernel as uname(2) gives it, where the build says more than the release:
    /// `#1 SMP Debian 6.1.192-2 (2026-11-16)`.
    package init?(_ kernel: Kernel) {
        self.init(release: kernel.release)
        let words = kernel.version.split(separator: " ")
        if words.contains(where: { $0.hasSuffix("-Ubuntu") }) { distribution = "Ubuntu" }
        guard let place = words.firstIndex(of: "Debian") else { return }
        distribution = "Debian"
        guard words.indices.contains(place + 1), let built = KernelVersion(release: String(words[place + 1])),
            built.series == series
        else { return }
        patch = built.patch
    }

    /// The kernel series, `6.12`, which has the baseline.
    package var series: String { "\(major).\(minor)" }

    /// `6.12.118`, or the series where the point release is not known.
    package var words: String { series + (patch.map { ".\($0)" } ?? "") }

    /// Whether it is a later point release of the same series; nil where that cannot be told.
    package func isNewer(than other: KernelVersion) -> Bool? {
        guard series == other.series, let patch, let old = other.patch else { return nil }
        return patch > old
    }

    package static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor, left.patch ?? 0) < (right.major, right.minor, right.patch ?? 0)
    }
}
