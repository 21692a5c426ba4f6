#!/usr/bin/env bash
# MemoryPack 1.21.4 on .NET 10: a BigInteger of less than 256 bytes is written as zeros, and read back as 0.
#
# What one would expect: MemoryPackSerializer has a formatter for System.Numerics.BigInteger, so a number comes back as it was, or an
# exception says that it cannot.
# What happens: no exception. What is written is a length of 256 minus the number's own, followed by as many zeros; so what is read is
# 0. Only numbers of more than 255 bytes (about 614 decimal digits) take another path, and come back.
# Seen with MemoryPack 1.21.4 (its net8.0 assembly), .NET SDK 10.0.401, runtime 10.0.12, on 2026-11-27:
#
#   5 -> 0 (258 bytes written)
#   -129 -> 0 (257 bytes written)
#   2^100 -> 0 (246 bytes written)
#   2^4000 -> 2^4000 (505 bytes written)
#   a member of a class: 5 -> 0
#
# It matters to whoever keeps results as MemoryPack: the wrong number is a number like any other. Reading the first results back and
# comparing them, as a store of results should, shows it at once.
#
# Ends with 0 as long as it is so, and with 1 when it has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > Finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="MemoryPack" Version="1.21.4" />
  </ItemGroup>
</Project>
XML

cat > Program.cs <<'CS'
using System.Numerics;
using MemoryPack;

Show("5", 5);
Show("-129", -129);
Show("2^100", BigInteger.Pow(2, 100));
Show("2^4000", BigInteger.Pow(2, 4000));

var account = MemoryPackSerializer.Deserialize<Account>(MemoryPackSerializer.Serialize(new Account { Balance = 5 }))!;
Console.WriteLine($"a member of a class: 5 -> {account.Balance}");

static void Show(string name, BigInteger number)
{
    byte[] written = MemoryPackSerializer.Serialize(number);
    BigInteger read = MemoryPackSerializer.Deserialize<BigInteger>(written);
    Console.WriteLine($"{name} -> {(read == number ? name : read.ToString())} ({written.Length} bytes written)");
}

[MemoryPackable]
public partial class Account
{
    public BigInteger Balance { get; set; }
}
CS

seen=$(dotnet run -c Release)
expected='5 -> 0 (258 bytes written)
-129 -> 0 (257 bytes written)
2^100 -> 0 (246 bytes written)
2^4000 -> 2^4000 (505 bytes written)
a member of a class: 5 -> 0'

echo "MemoryPack 1.21.4, .NET $(dotnet --version):"
echo "$seen"
if [ "$seen" != "$expected" ]; then
    echo "It has changed; expected:"
    echo "$expected"
    exit 1
fi
