/// An archive of packages: where it is and whose signature it must have.
package struct KernelArchive: Hashable, Sendable {
    /// The last part of its address, by which the machine's own mirror of it is known.
    package var name: String
    /// Where it is for machines without a mirror.
    package var address: String
    /// The file with the keys that sign it.
    package var keyring: String
    /// What to install where that file is missing.
    package var keyringPackage: String

    package init(name: String, address: String, keyring: String, keyringPackage: String) {
        self.name = name
        self.address = address
        self.keyring = keyring
        self.keyringPackage = keyringPackage
    }
}

extension KernelArchive {
    package static let debian = KernelArchive(
        name: "debian", address: "http://deb.debian.org/debian",
        keyring: "/usr/share/keyrings/debian-archive-keyring.gpg", keyringPackage: "debian-archive-keyring")

    package static let debianSecurity = KernelArchive(
        name: "debian-security", address: "http://deb.debian.org/debian-security", keyring: debian.keyring,
        keyringPackage: debian.keyringPackage)

    /// Debian has the keys in its package ubuntu-keyring, Ubuntu itself too.
    package static let ubuntu = KernelArchive(
        name: "ubuntu", address: "http://archive.ubuntu.com/ubuntu",
        keyring: "/usr/share/keyrings/ubuntu-archive-keyring.gpg", keyringPackage: "ubuntu-keyring")
}
