/// A kernel series that can be fetched by name, and where a distribution keeps it.
package struct KernelSeries: Sendable {
    /// A distribution's archive and one of its suites.
    package struct Source: Sendable {
        package enum Archive: String, Sendable {
            case main = "debian"
            case security = "debian-security"
        }

        package var archive: Archive
        package var suite: String

        package init(archive: Archive, suite: String) {
            self.archive = archive
            self.suite = suite
        }
    }

    /// `6.1`; what `--kernel` takes.
    package var name: String
    /// The newest package of all these is taken.
    package var sources: [Source]
    /// A regular expression for the image's package. A package may bring the kernel itself or depend on what does.
    package var package: String
    /// Packages of the image's own version that it needs, by what their names begin with instead of `linux-image`.
    package var parts: [String] = []
}

extension KernelSeries {
    /// The kernels we compare, oldest first: the cloud flavour, which has no drivers that a guest would wait for.
    package static let all = [
        KernelSeries(
            name: "5.10",
            sources: [
                Source(archive: .main, suite: "bullseye"), Source(archive: .security, suite: "bullseye-security"),
            ], package: #"^linux-image-5\.10\..*-cloud-amd64$"#),
        KernelSeries(
            name: "6.1",
            sources: [
                Source(archive: .main, suite: "bookworm"), Source(archive: .security, suite: "bookworm-security"),
            ], package: #"^linux-image-6\.1\..*-cloud-amd64$"#),
        KernelSeries(
            name: "6.12",
            sources: [
                Source(archive: .main, suite: "trixie"), Source(archive: .security, suite: "trixie-security"),
            ], package: #"^linux-image-6\.12\..*-cloud-amd64$"#),
        KernelSeries(
            name: "7.2", sources: [Source(archive: .main, suite: "sid")],
            package: #"^linux-image-7\.2\..*-cloud-amd64$"#, parts: ["linux-binary", "linux-modules"]),
    ]
}
