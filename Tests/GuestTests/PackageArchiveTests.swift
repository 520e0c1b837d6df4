import Kernels
import Testing

@testable import Guest

/// What apt says and what is asked of it.
@Suite struct PackageArchiveTests {
    @Test func newestIsTaken() {
        let text = """
            Package: linux-image-6.1.0-9-cloud-amd64
            Version: 6.1.27-1
            Description: Linux 6.1

            Package: linux-image-6.1.0-56-cloud-amd64
            Version: 6.1.192-2

            Package: linux-image-6.1.0-10-cloud-amd64
            Version: 6.1.38-4

            """
        let newest = PackageArchive.packages(in: text).max { KernelStore.isOlder($0.version, $1.version) }
        #expect(newest == PackageArchive.Package(name: "linux-image-6.1.0-56-cloud-amd64", version: "6.1.192-2"))
    }

    @Test func mirrorsOfTheMachine() {
        let mirrors = PackageArchive.mirrors(among: [
            "http://mirror.example/debian/", "http://other.example/debian/", "http://mirror.example/nodesource/",
        ])
        let source = KernelSeries.Source(archive: .main, suite: "sid")
        let security = KernelSeries.Source(archive: .security, suite: "bookworm-security")
        let keyring = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
        #expect(
            PackageArchive.line(for: source, mirrors: mirrors)
                == "deb \(keyring) http://mirror.example/debian/ sid main\n")
        #expect(
            PackageArchive.line(for: security, mirrors: mirrors)
                == "deb \(keyring) http://deb.debian.org/debian-security bookworm-security main\n")
    }

    @Test func complaints() {
        let offline = """
            W: Failed to fetch http://mirror.example/debian/dists/sid/InRelease  Temporary failure resolving
            E: Some index files failed to download. They have been ignored, or old ones used instead.
            """
        #expect(
            PackageArchive.complaint(offline)
                == "Some index files failed to download. They have been ignored, or old ones used instead.")
    }
}
