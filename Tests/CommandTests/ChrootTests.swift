import Foundation
import Testing

/// In a chroot, where packages are built and tried.
@Suite(.enabled(if: isRoot, "needs root"), .serialized) struct ChrootTests {
    /// Runs the command in a chroot that has this machine's directories, under a root that is a mount point or is not.
    private func run(_ arguments: [String], mounted: Bool) throws -> Workbench.Result {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_LAB"] =
            URL(filePath: Workbench.executable).deletingLastPathComponent().path()
            + "/tcpwitness-lab"
        let root = bench.path("bench-root")
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
        let script = """
            set -e
            mount --make-rprivate /
            [ \(mounted) = false ] || mount --bind '\(root)' '\(root)'
            for entry in /*; do
                if [ -L "$entry" ]; then
                    cp -P "$entry" '\(root)'/
                elif [ -d "$entry" ]; then
                    mkdir -p '\(root)'"$entry"
                    mount --rbind "$entry" '\(root)'"$entry"
                fi
            done
            exec chroot '\(root)' "$@"
            """
        return try bench.run(arguments, through: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh"])
    }

    @Test func scenariosRun() throws {
        let result = try run(["run", "open.refused", "--quiet"], mounted: true)
        #expect(result.errors == "")
        #expect(result.output.contains("1 scenario: 1 passed in "))
        #expect(result.status == 0)
    }

    /// One line says what is missing, instead of an error of each scenario.
    @Test(arguments: [["run"], ["doctor"]])
    func aRootThatIsNoMountPoint(_ arguments: [String]) throws {
        let result = try run(arguments, mounted: false)
        #expect(
            result.errors == """
                tcpwitness: make mounts private: EINVAL (Invalid argument); if this is a chroot: 'mount --bind DIRECTORY \
                DIRECTORY' before it

                """)
        #expect(!result.output.contains("ERROR"))
        #expect(result.status == 2)
    }
}
