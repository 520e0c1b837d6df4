import Foundation
import Testing

/// What `make` installs, by the package manager that is there.
@Suite struct PrerequisitesTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Scripts/install-prerequisites").standardizedFileURL.path()

    /// Runs the script where nothing is installed but a package manager, which notes what it is asked for.
    private func install(with manager: String, keyring: Bool) throws -> (result: Workbench.Result, asked: [String]) {
        let bench = try Workbench()
        for tool in ["bash", "sort", "cat"] {
            let found = ["/usr/bin/\(tool)", "/bin/\(tool)"].first { FileManager.default.fileExists(atPath: $0) }
            try FileManager.default.createSymbolicLink(
                atPath: bench.path(tool), withDestinationPath: try #require(found))
        }
        try bench.write(program: "#!/bin/sh\necho 0\n", to: "id")
        try bench.write(program: "#!/bin/sh\necho \"$*\" >> '\(bench.path("asked"))'\n", to: manager)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [Self.script, "guests"]
        process.environment = [
            "PATH": bench.directory.path(), "LC_ALL": "C", "KEYRING": keyring ? "/dev/null" : bench.path("no"),
        ]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let words = [output, errors].map {
            String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        let asked = (try? bench.read("asked"))?.split(separator: "\n").map(String.init) ?? []
        return (Workbench.Result(status: process.terminationStatus, output: words[0], errors: words[1]), asked)
    }

    @Test(arguments: [
        (
            "apt-get",
            [
                "update",
                "install --yes --no-install-recommends binutils debian-archive-keyring g++ libc6-dev libmnl-dev "
                    + "libsqlite3-dev lz4 pkg-config qemu-system-x86 xz-utils zstd",
            ]
        ),
        (
            "dnf",
            [
                "install --assumeyes binutils debian-keyring gcc-c++ glibc-static libmnl-devel libstdc++-static lz4 "
                    + "pkgconf-pkg-config qemu-system-x86-core sqlite-devel xz zstd"
            ]
        ),
        (
            "zypper",
            [
                "--non-interactive install binutils gcc-c++ glibc-devel-static libmnl-devel libstdc++-devel lz4 "
                    + "pkg-config qemu-x86 sqlite3-devel xz zstd"
            ]
        ),
        (
            "pacman",
            [
                "--sync --refresh --noconfirm --needed binutils debian-archive-keyring gcc glibc libmnl lz4 pkgconf "
                    + "qemu-system-x86 sqlite xz zstd"
            ]
        ),
    ])
    func eachManagerIsAskedOnce(_ manager: String, _ calls: [String]) throws {
        let (result, asked) = try install(with: manager, keyring: false)
        #expect(asked == calls)
        // What is missing is said with its reason, before anything is installed.
        #expect(result.output.hasPrefix("missing: pkg-config, which tells the build where libmnl is ("))
        // What has no package is said after the rest is there.
        let rest =
            "no package of keyring is known here; it verifies the kernels of Debian's archive: install it yourself\n"
        #expect(result.errors == (manager == "zypper" ? rest : ""))
        #expect(result.status == (manager == "zypper" ? 2 : 0))
    }

    @Test func whatIsThereIsNotAskedFor() throws {
        let (result, asked) = try install(with: "zypper", keyring: true)
        #expect(result.errors == "")
        #expect(result.status == 0)
        #expect(asked.count == 1)
    }

    @Test func withoutAManager() throws {
        let (result, asked) = try install(with: "emerge", keyring: true)
        #expect(asked == [])
        #expect(result.errors == "no package manager that is known here: install these yourself\n")
        #expect(result.status == 2)
    }
}
