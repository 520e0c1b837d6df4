import Kernels
import Testing

@testable import Guest

/// What apt says and what is asked of it.
@Suite struct PackageArchiveTests {
    @Test func packages() {
        let text = """
            Package: linux-image-7.2.13+deb14-cloud-amd64
            Version: 7.2.13-1
            Depends: dracut | initramfs-tools (>= 0.120), linux-base-7.2.13 (= 7.2.13-1), linux-modules-7.2.13 (= 7.2.13-1)
            Size: 1916
            Description: Linux 7.2

            Package: linux-image-6.1.0-56-cloud-amd64
            Version: 6.1.192-2

            Package: broken

            """
        #expect(
            PackageArchive.packages(in: text) == [
                PackageArchive.Package(
                    name: "linux-image-7.2.13+deb14-cloud-amd64", version: PackageVersion("7.2.13-1"),
                    dependencies: ["linux-base-7.2.13", "linux-modules-7.2.13"], size: 1916),
                PackageArchive.Package(
                    name: "linux-image-6.1.0-56-cloud-amd64", version: PackageVersion("6.1.192-2")),
            ])
    }

    /// What the archives of Debian and Ubuntu have among the images of a series, and which of it is taken.
    @Test(
        arguments: [
            // Of two builds of one release the newer; the release of an own kernel before its backport.
            (
                "6.12",
                [("6.12.90+deb13-cloud-amd64", "6.12.90-1", ""), ("6.12.90+deb13.1-cloud-amd64", "6.12.90-2", "")],
                ["6.12.90 6.12.90-2"]
            ),
            (
                "6.12",
                [("6.12.9+deb12-cloud-amd64", "6.12.9-1~bpo12+1", ""), ("6.12.9+deb13-cloud-amd64", "6.12.9-1", "")],
                ["6.12.9 6.12.9-1"]
            ),
            // Numbers are numbers, and a candidate comes before its release.
            (
                "6.12", [("6.12.100-amd64", "6.12.100-1", ""), ("6.12.9-amd64", "6.12.9-1", "")],
                ["6.12.9 6.12.9-1", "6.12.100 6.12.100-1"]
            ),
            (
                "7.3", [("7.3.4+deb13-cloud-amd64", "7.3.4-1~bpo13+1", ""), ("7.3-cloud-amd64", "7.3~rc7-1~exp1", "")],
                ["7.3-rc7 7.3~rc7-1~exp1", "7.3.4 7.3.4-1~bpo13+1"]
            ),
            // The cloud flavour where there is one, even of an older build; no other flavour, no other series.
            ("6.1", [("6.1.0-5-amd64", "6.1.20-2", ""), ("6.1.0-4-cloud-amd64", "6.1.20-1", "")], ["6.1.20 6.1.20-1"]),
            (
                "6.1",
                [
                    ("6.1.0-5-amd64", "6.1.20-2", ""), ("6.1.0-5-rt-amd64", "6.1.20-2", ""),
                    ("6.1.0-5-amd64-unsigned", "6.1.20-2", ""), ("6.12.5-amd64", "6.12.5-1", ""),
                ], ["6.1.20 6.1.20-2"]
            ),
            // What only depends on the newest image is none.
            (
                "6.1",
                [
                    ("6.1-cloud-amd64", "6.1.180-1", "linux-image-6.1.0-0.deb11.52-cloud-amd64"),
                    ("6.1.0-0.deb11.52-cloud-amd64", "6.1.180-1~deb11u1", ""),
                ], ["6.1.180 6.1.180-1~deb11u1"]
            ),
            (
                "ubuntu-5.15",
                [
                    ("5.15.0-91-generic", "5.15.0-91.101", ""), ("5.15.0-119-generic", "5.15.0-119.129", ""),
                    ("5.15.0-91-lowlatency", "5.15.0-91.101", ""), ("unsigned-5.15.0-92-generic", "5.15.0-92.102", ""),
                ],
                [
                    "ubuntu-5.15.0-91 5.15.0-91.101", "ubuntu-5.15.0-92 5.15.0-92.102",
                    "ubuntu-5.15.0-119 5.15.0-119.129",
                ]
            ),
        ] as [(String, [(String, String, String)], [String])])
    func releases(_ series: String, _ images: [(String, String, String)], _ releases: [String]) throws {
        let series = try #require(KernelStore.series(series))
        let packages = images.map { name, version, needs in
            PackageArchive.Package(
                name: "linux-image-\(name)", version: PackageVersion(version),
                dependencies: needs.isEmpty ? [] : [needs])
        }
        let found = KernelRelease.all(of: series, among: packages)
        #expect(found.map { "\($0.name) \($0.packageVersion)" } == releases)
    }

    @Test func suitesThatAreGone() {
        let errors = """
            W: something
            E: The repository 'http://deb.debian.org/debian bullseye-backports Release' does not have a Release file.
            """
        #expect(PackageArchive.gone(in: errors) == ["bullseye-backports"])
        #expect(PackageArchive.gone(in: "E: The repository is not signed.") == [])
    }

    @Test func mirrorsOfTheMachine() {
        let mirrors = PackageArchive.mirrors(among: [
            "http://mirror.example/debian/", "http://other.example/debian/", "http://mirror.example/nodesource/",
        ])
        let source = KernelSeries.Source(.debian, "sid")
        let security = KernelSeries.Source(.debianSecurity, "bookworm-security")
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
