package import Kernels
internal import Linux

/// Something that guests need of this machine, and the package that brings it.
package struct GuestPrerequisite: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        case present(String)
        case missing(String)
    }

    package let name: String
    package let state: State
    /// Without it no guest runs; otherwise only some kernels, or less repeatably.
    package let isRequired: Bool
    /// What to do about it.
    package let remedy: String

    package var isPresent: Bool {
        if case .present = state { true } else { false }
    }

    /// One line for people.
    package var line: String {
        switch state {
        case .present(let detail): "ok       \(name): \(detail)"
        case .missing(let why): "\(isRequired ? "MISSING" : "limited")  \(name): \(why); \(remedy)"
        }
    }
}

/// Finds out what guests need and this machine has, by this process's PATH.
package struct GuestPrerequisiteCheck {
    private let path: [String]
    private let packages: Packages

    /// - Parameter path: the directories of programs, with colons between them.
    package init(path: String = Environment.variable("PATH") ?? "/usr/bin:/bin") {
        self.path = path.split(separator: ":").map(String.init)
        packages = Packages(path: self.path)
    }

    /// All of them, for `doctor`.
    package func all() -> [GuestPrerequisite] {
        [qemu(telling: true)]
            + Self.inside.map { tool($0, why: "no guest's file system can be made", isRequired: true) }
            + Self.unpackers.map { tool($0, why: "kernels packed by it do not boot", isRequired: false) }
            + Self.fetchers.map { tool($0, why: "no kernel can be fetched by name", isRequired: false) }
            + [tool("curl", why: "no kernel can be fetched by its address", isRequired: false)] + keyrings
            + [processor]
    }

    /// What is missing for a run, in one line; nil when nothing is.
    ///
    /// - Parameter fetching: the series of which something will have to be fetched.
    package func obstacle(fetching series: [KernelSeries]) -> String? {
        var needed = [qemu(telling: false)] + Self.inside.map { tool($0, why: "", isRequired: true) }
        if !series.isEmpty {
            needed += Self.fetchers.map { tool($0, why: "", isRequired: true) }
            needed += keyrings(of: series, why: "")
        }
        return Self.line(needed.filter { !$0.isPresent })
    }

    /// What is missing to unpack these kernels, in one line; nil when nothing is.
    package func obstacle(unpacking kernels: [GuestKernel]) throws -> String? {
        var names: [String] = []
        for kernel in kernels {
            if case .bzImage(_, let compression?) = try GuestKernel.inspect(kernel.image).kind {
                names.append(compression.command[0])
            }
            names +=
                try kernel.modules.map { try KernelModules(directory: $0).unpackers(of: GuestImage.moduleNames) } ?? []
        }
        let unique = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return Self.line(unique.map { tool($0, why: "", isRequired: true) }.filter { !$0.isPresent })
    }

    private static func line(_ missing: [GuestPrerequisite]) -> String? {
        guard !missing.isEmpty else { return nil }
        return "guests need what is not installed here: "
            + missing.map { "\($0.name) (\($0.remedy))" }.joined(separator: ", ")
    }

    // MARK: One by one

    /// What makes a guest's first file system, with the worker and what it is linked with.
    private static let inside = ["strip", "ldd", "sh"]
    private static let unpackers = ["gzip", "xz", "zstd", "lz4"]
    private static let fetchers = ["apt-get", "apt-cache", "dpkg-deb", "sha256sum"]

    /// - Parameter version: whether to ask it for its version, which a run does not have to know.
    private func qemu(telling version: Bool) -> GuestPrerequisite {
        let name = "qemu-system-x86_64"
        let remedy = packages.remedy(for: name)
        guard let program = find(Guest.executable) else {
            return GuestPrerequisite(
                name: name, state: .missing("no guest can run"), isRequired: true, remedy: remedy)
        }
        // QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)
        let result = version ? try? Tool.run([program, "--version"]) : nil
        let words = result?.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return GuestPrerequisite(
            name: name, state: .present(words.isEmpty ? program : "\(program), \(words)"), isRequired: true,
            remedy: remedy)
    }

    private func tool(_ name: String, why: String, isRequired: Bool) -> GuestPrerequisite {
        let program = find(name)
        return GuestPrerequisite(
            name: name, state: program.map { .present($0) } ?? .missing(why), isRequired: isRequired,
            remedy: packages.remedy(for: name))
    }

    private var keyrings: [GuestPrerequisite] { keyrings(of: KernelSeries.all, why: nil) }

    private func keyrings(of series: [KernelSeries], why: String?) -> [GuestPrerequisite] {
        var found: [GuestPrerequisite] = []
        for archive in series.flatMap(\.sources).map(\.archive)
        where !found.contains(where: { $0.name == archive.keyring }) {
            let names = series.filter { $0.sources.contains { $0.archive.keyring == archive.keyring } }.map(\.name)
            found.append(
                GuestPrerequisite(
                    name: archive.keyring,
                    state: Files.exists(archive.keyring)
                        ? .present("for \(names.joined(separator: ", "))")
                        : .missing(why ?? "no kernel can be fetched of \(names.joined(separator: ", "))"),
                    isRequired: false, remedy: packages.remedy(for: archive.keyring, package: archive.keyringPackage)))
        }
        return found
    }

    /// Guests in virtual time are repeatable to the byte where they go before other work.
    private var processor: GuestPrerequisite {
        let count = Scheduling.processors.count
        let name = "a processor for each guest"
        guard Scheduling.canSetRealTime else {
            return GuestPrerequisite(
                name: name, state: .missing("this user may not put guests before other work (SCHED_FIFO)"),
                isRequired: false,
                remedy: "results stand, but measured times may differ in their last digits; root or CAP_SYS_NICE may")
        }
        guard count > 1 else {
            return GuestPrerequisite(
                name: name, state: .missing("there is only one, which a guest keeps from other work"),
                isRequired: false, remedy: "expect this machine to answer slowly while a guest runs")
        }
        return GuestPrerequisite(
            name: name, state: .present("\(count), and guests may go before other work (SCHED_FIFO)"),
            isRequired: false, remedy: "")
    }

    private func find(_ name: String) -> String? { findProgram(name, in: path.joined(separator: ":")) }

    /// How a distribution's package manager installs what brings a program.
    private struct Packages {
        /// The manager's command, and names that differ from the program's.
        private static let known: [(manager: String, install: String, names: [String: String])] = [
            (
                "apt-get", "apt-get install",
                [
                    "qemu-system-x86_64": "qemu-system-x86", "xz": "xz-utils", "strip": "binutils", "ldd": "libc-bin",
                    "dpkg-deb": "dpkg", "sha256sum": "coreutils", "sh": "dash",
                ]
            ),
            (
                "dnf", "dnf install",
                [
                    "qemu-system-x86_64": "qemu-system-x86-core", "strip": "binutils", "ldd": "glibc-common",
                    "dpkg-deb": "dpkg", "apt-get": "apt", "apt-cache": "apt", "sha256sum": "coreutils", "sh": "bash",
                    "debian-archive-keyring": "debian-keyring",
                ]
            ),
            (
                "zypper", "zypper install",
                [
                    "qemu-system-x86_64": "qemu-x86", "strip": "binutils", "ldd": "glibc", "dpkg-deb": "dpkg",
                    "sha256sum": "coreutils", "sh": "bash",
                ]
            ),
            (
                "pacman", "pacman -S",
                [
                    "qemu-system-x86_64": "qemu-system-x86", "strip": "binutils", "ldd": "glibc", "dpkg-deb": "dpkg",
                    "apt-get": "apt", "apt-cache": "apt", "sha256sum": "coreutils", "sh": "bash",
                ]
            ),
        ]

        private let manager: (manager: String, install: String, names: [String: String])?

        init(path: [String]) {
            manager = Self.known.first { one in path.contains { Files.isExecutable("\($0)/\(one.manager)") } }
        }

        func remedy(for name: String, package: String? = nil) -> String {
            guard let manager else { return "install \(package ?? name)" }
            let wanted = package ?? name
            return "\(manager.install) \(manager.names[wanted] ?? wanted)"
        }
    }
}
