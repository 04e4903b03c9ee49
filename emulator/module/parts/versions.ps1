# What does this version of the module have, and which PowerShell does it need?
#
# The numbers are those of Microsoft's release notes.

$script:ParameterSince = @{
    'Connect-ExchangeOnline'    = @{
        AccessToken = '3.1.0'; SigningCertificate = '3.2.0'; SkipLoadingCmdletHelp = '3.3.0'; LoadCmdletHelp = '3.7.0'
        DisableWAM = '3.7.2'; EXOModuleBasePath = '3.9.2'
    }
    'Connect-IPPSSession'       = @{
        DisableWAM = '3.7.2'; AccessToken = '3.8.0'; EnableSearchOnlySession = '3.9.0'; EXOModuleBasePath = '3.9.2'
    }
    'Get-ConnectionInformation' = @{ ConnectionId = '3.2.0'; ModulePrefix = '3.2.0' }
    'Disconnect-ExchangeOnline' = @{ ConnectionId = '3.2.0'; ModulePrefix = '3.2.0' }
}
$script:DeclaredOnWindowsOnly = @('CertificateThumbprint')

function Assert-Runtime {
    # 3.10.0 and later are built for .NET 10. The manifest lets an older PowerShell try, which then
    # cannot load what the module's assemblies refer to.
    param([version]$Module, [version]$PowerShell)
    if ($Module -lt [version]'3.10.0' -or $PowerShell -ge [version]'7.6.0') { return }
    throw [IO.FileNotFoundException]::new("Could not load file or assembly 'System.Runtime, Version=10.0.0.0, Culture=neutral, " +
        "PublicKeyToken=b03f5f7f11d50a3a'. The system cannot find the file specified.")
}

function Test-ParameterDeclared {
    param([string]$Command, [string]$Parameter, [version]$Module = $script:ModuleVersion)
    if ($Parameter -in $script:DeclaredOnWindowsOnly -and -not $IsWindows) { return $false }
    $since = $script:ParameterSince[$Command][$Parameter]
    -not $since -or $Module -ge [version]$since
}

function New-DynamicParameter {
    # Those of the parameters in $Types that this version declares. One that it does not have is
    # refused by PowerShell itself, in its own words.
    param([string]$Command, [Collections.IDictionary]$Types)
    $table = [Management.Automation.RuntimeDefinedParameterDictionary]::new()
    foreach ($name in $Types.Keys) {
        if (-not (Test-ParameterDeclared $Command $name)) { continue }
        $parameter = [Management.Automation.RuntimeDefinedParameter]::new(
            $name, $Types[$name], [Attribute[]]@([Management.Automation.ParameterAttribute]::new()))
        $table.Add($name, $parameter)
    }
    $table
}

function New-SelectionParameter {
    # -ConnectionId and -ModulePrefix: two parameter sets that exclude each other.
    param([string]$Command, [switch]$ConnectionIdByPropertyName)
    $table = New-DynamicParameter $Command @{ ConnectionId = [string[]]; ModulePrefix = [string[]] }
    foreach ($parameter in $table.Values) {
        $attribute = $parameter.Attributes[0]
        $attribute.ParameterSetName = $parameter.Name
        $attribute.Mandatory = $true
        $attribute.ValueFromPipelineByPropertyName = $ConnectionIdByPropertyName -and $parameter.Name -eq 'ConnectionId'
    }
    $table
}
