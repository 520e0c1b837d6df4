import Foundation
import Record
import Testing

/// `run` by an ordinary user, who gets a user namespace.
@Suite(.enabled(if: isRoot, "needs root to become an ordinary user"))
struct RootlessTests {
    private static let nobody = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

    @Test func realScenariosPass() throws {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_LAB"] = Workbench.executable + "-lab"
        let result = try bench.run(
            ["run", "--record", "r.jsonl", "open.three-way", "close.simultaneous", "halfopen.write-to-silent"],
            through: Self.nobody)
        #expect(result.errors == "")
        #expect(result.status == 0)
        // What only the tracepoint tells is skipped, and not waited for in vain.
        #expect(result.output.contains("3 scenarios: 2 passed, 1 skipped"))
        #expect(result.output.contains("needs the tracepoint to know the path of client"))
        #expect(result.output.contains("no tracepoints: paths are not asserted"))
        // What it writes belongs to the user, who is root in the namespace.
        let owner = try FileManager.default.attributesOfItem(atPath: bench.path("r.jsonl"))[.ownerAccountID]
        #expect(owner as? Int == 65534)
        // A process that has read a record has no threads of it: a user namespace wants none.
        let again = try bench.run(["run", "--only-failed", "r.jsonl", "open.three-way"], through: Self.nobody)
        #expect(again.status == 0)
        #expect(again.output.contains("1 scenario: 1 passed"))
    }

    @Test func doctorFindsWhatTheRunWouldFind() throws {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_LAB"] = Workbench.executable + "-lab"
        let result = try bench.run(["doctor"], through: Self.nobody)
        #expect(result.status == 0)
        #expect(result.output.contains("ok       namespaces"))
        #expect(result.output.contains("limited  tracepoints"))
    }

    /// A process in a chroot may not make a user namespace; no other way to forbid it concerns one process alone.
    @Test func rootIsNeededWhereUserNamespacesAreForbidden() throws {
        let jail = "mount --rbind / /mnt && exec chroot --userspec=65534:65534 /mnt \"$@\""
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        let result = try bench.run(
            ["run", "--junit", "j.xml", "--record", "r.jsonl"],
            through: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", jail, "sh"])
        #expect(
            result.errors == """
                tcpwitness: run needs root (missing CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN): use sudo, or let users \
                make user namespaces: unshare(CLONE_NEWUSER): EPERM (Operation not permitted)

                """)
        #expect(result.status == 2)
        #expect(bench.labArguments == nil)
        #expect(bench.files == [])
    }
}
